/* The answers on a form page: what was typed, what REDCap would store of it, and how a stored value is shown.
   `formAnswers` is all it defines; #model tells what each field is. */
const formAnswers = (function () {
  "use strict";
  const model = JSON.parse(document.getElementById("model").textContent);
  const form = document.getElementById("form");
  const names = Object.keys(model.fields);
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const two = (number) => String(number).padStart(2, "0");
  const escaped = (text) => CSS.escape(text);

  // --- time ---------------------------------------------------------------------------------------------------------

  function clock() {
    const now = new Date();
    const today = now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
    return { today, now: today + " " + two(now.getHours()) + ":" + two(now.getMinutes()) + ":" + two(now.getSeconds()) };
  }

  const PARTS = { ymd: [0, 1, 2], mdy: [2, 0, 1], dmy: [2, 1, 0] };

  /* The date that was typed in the field's own order, as it is stored; null where there is no such day. */
  function storedDate(typed, order) {
    const [day, ...rest] = typed.split(" ");
    const parts = day.split(/[-/.]/);
    const [year, month, date] = PARTS[order].map((place) => parts[place]);
    const real = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
    real.setUTCFullYear(Number(year));
    if (real.getUTCMonth() !== Number(month) - 1 || real.getUTCDate() !== Number(date)) return null;
    const time = rest.join(" ");
    return year + "-" + two(month) + "-" + two(date) + (time ? " " + paddedTime(time) : "");
  }

  const paddedTime = (time) => (/^[0-9]:/.test(time) ? "0" + time : time);

  /* A stored date as the field shows it. */
  function shownDate(stored, order) {
    const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(.*)$/.exec(stored);
    if (!found) return stored;
    const [, year, month, day, time] = found;
    return { ymd: [year, month, day], mdy: [month, day, year], dmy: [day, month, year] }[order].join("-") + time;
  }

  // --- fields -------------------------------------------------------------------------------------------------------

  const boxes = new Map(names.map((name) => [name, document.querySelector('[data-field="' + escaped(name) + '"]')]));
  const inputs = new Map(names.map((name) => [name, Array.from(form.querySelectorAll('[name="' + escaped(name) + '"]'))]));
  const computed = new Map();
  const isDate = (rule) => rule && (rule.kind === "date" || rule.kind === "datetime");

  function typed(name) {
    const own = inputs.get(name);
    return own.length ? own[0].value.trim() : "";
  }

  /* What a text field would store: dates in Y-M-D. null where what was typed does not fit. */
  function stored(name, text) {
    const rule = model.fields[name].validation;
    if (!rule || text === "") return text;
    if (!new RegExp(rule.pattern).test(text)) return null;
    if (isDate(rule)) return storedDate(text, rule.order);
    return rule.kind === "time" ? paddedTime(text) : text;
  }

  /* The field's value as logic reads it; for a checkbox its codes. */
  function value(name) {
    const field = model.fields[name];
    const own = inputs.get(name);
    if (computed.has(name)) return computed.get(name);
    if (field.kind === "radio") return (own.find((input) => input.checked) || { value: "" }).value;
    if (field.kind === "checkbox") return own.filter((input) => input.checked).map((input) => input.value);
    if (field.kind === "slider") return own[0].dataset.moved ? own[0].value : "";
    if (!own.length) return "";
    return stored(name, typed(name)) || "";
  }

  function put(name, text) {
    const field = model.fields[name];
    const own = inputs.get(name);
    if (!own.length) return;
    if (field.kind === "radio" || field.kind === "checkbox") {
      const codes = field.kind === "radio" ? [text] : text.split(",").map((code) => code.trim());
      own.forEach((input) => { input.checked = codes.includes(input.value); });
    } else if (field.kind === "slider") {
      if (text !== "") own[0].value = text;
      moved(own[0], text !== "");
    } else {
      own[0].value = isDate(field.validation) ? shownDate(text, field.validation.order) : text;
    }
  }

  function moved(input, isSo) {
    if (isSo) input.dataset.moved = "yes";
    else delete input.dataset.moved;
    const place = document.querySelector('[data-value="' + escaped(input.name) + '"]');
    const told = isSo ? (has(place.dataset, "silent") ? "Answered" : input.value) : "Not answered: move the handle";
    place.textContent = told;
    input.setAttribute("aria-valuetext", isSo ? input.value : "not answered");
  }

  function trimmedNow(now, rule) {
    if (rule.kind === "date") return now.slice(0, 10);
    const seconds = rule.type.includes("seconds") || rule.type.includes("ss");
    return (rule.kind === "time" ? now.slice(11) : now).slice(0, seconds ? undefined : -3);
  }

  return {
    model, form, names, has, escaped, clock, paddedTime, storedDate, shownDate, boxes, inputs, computed, isDate, typed,
    stored, value, put, moved, trimmedNow,
  };
})();
