/* Finds fields in the codebook as their names and words are typed. */
(function () {
  "use strict";
  const box = document.getElementById("find");
  const found = document.getElementById("found");
  const entries = Array.from(document.querySelectorAll("[data-entry]"), (entry) => ({
    entry,
    words: entry.textContent.toLowerCase(),
  }));
  const chapters = Array.from(document.querySelectorAll("[data-chapter]"));

  box.addEventListener("input", () => {
    const sought = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let many = 0;
    entries.forEach(({ entry, words }) => {
      const fits = sought.every((word) => words.includes(word));
      entry.classList.toggle("off", !fits);
      many += fits ? 1 : 0;
    });
    chapters.forEach((chapter) => {
      const any = chapter.querySelector("[data-entry]:not(.off)") !== null;
      chapter.classList.toggle("off", !any);
      chapter.querySelectorAll(".header").forEach((header) => header.classList.toggle("off", sought.length > 0));
    });
    found.textContent = sought.length ? (many === 1 ? "1 field" : many + " fields") : "";
  });
})();
