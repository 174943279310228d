/* Brings a form page to life: branching, calculations, piping, checks. It keeps nothing and asks nobody.
   `redcapLogic` runs the compiled logic that `formLogic` holds; #model tells what each field is. */
(function () {
  "use strict";
  const {
    model, form, names, has, escaped, clock, paddedTime, storedDate, shownDate, boxes, inputs, computed, isDate, typed,
    stored, value, put, moved, trimmedNow,
  } = formAnswers;
  const news = document.getElementById("news");

  // --- logic --------------------------------------------------------------------------------------------------------

  const types = {};
  names.forEach((name) => {
    const rule = model.fields[name].validation;
    if (rule) types[name] = rule.type;
  });

  /* Everything that logic may read. A hidden field counts as blank: REDCap empties it. */
  function valuesOf(shown) {
    const values = { $types: types, $today: clock().today, $now: clock().now };
    if (model.instance) values.$instance = model.instance;
    document.querySelectorAll("[data-key]").forEach((input) => {
      if (input.matches("input, select")) values[input.dataset.key] = input.value;
    });
    names.forEach((name) => enter(values, name, shown.has(name)));
    return values;
  }

  function enter(values, name, isShown) {
    const own = value(name);
    if (model.fields[name].kind !== "checkbox") {
      values[name] = isShown ? own : "";
      return;
    }
    Object.keys(model.fields[name].codes || {}).forEach((code) => {
      values[name + "(" + code + ")"] = isShown && own.includes(code) ? "1" : "0";
    });
  }

  function evaluate(compiled, values, how) {
    try {
      return redcapLogic[how](compiled, values);
    } catch (fault) {
      return how === "holds" ? true : "";
    }
  }

  /* Which fields are shown, and what calculations come to, until neither changes any more. */
  function settled() {
    let shown = new Set(names);
    let values = valuesOf(shown);
    for (let pass = 0; pass < 20; pass += 1) {
      const before = JSON.stringify([Array.from(shown), Array.from(computed)]);
      Object.entries(formLogic.worked).forEach(([name, compiled]) => {
        computed.set(name, evaluate(compiled, values, "text"));
        enter(values, name, shown.has(name));
      });
      shown = new Set(names.filter((name) => !has(formLogic.shown, name) || evaluate(formLogic.shown[name], values, "holds")));
      values = valuesOf(shown);
      if (JSON.stringify([Array.from(shown), Array.from(computed)]) === before) break;
    }
    return { shown, values };
  }

  // --- showing ------------------------------------------------------------------------------------------------------

  let current = new Set();
  const isEmptied = (name) => { const own = value(name); return own.length > 0 && !computed.has(name); };
  const isOut = (name) => !current.has(name) || boxes.get(name).classList.contains("tagged");

  function update(event) {
    const { shown, values } = settled();
    const appeared = names.filter((name) => shown.has(name) && !current.has(name)).length;
    const left = names.filter((name) => !shown.has(name) && current.has(name));
    current = shown;
    names.forEach((name) => boxes.get(name).classList.toggle("off", !shown.has(name)));
    document.querySelectorAll("[data-grid], [data-section]").forEach((group) => {
      const own = Array.from(group.querySelectorAll("[data-field]"), (box) => box.dataset.field);
      group.classList.toggle("off", own.every(isOut));
    });
    computed.forEach((text, name) => showComputed(name, shown.has(name) ? text : ""));
    document.querySelectorAll(".pipe").forEach((place) => { place.textContent = piped(place.dataset, values); });
    names.forEach(checkRange.bind(null, values));
    const questions = names.filter((name) => !["descriptive", "record"].includes(model.fields[name].kind));
    const asked = questions.filter((name) => !isOut(name)).length;
    const total = questions.filter((name) => !boxes.get(name).classList.contains("tagged")).length;
    document.getElementById("now-shown").textContent = asked === total ? "all shown now" : asked + " of them shown now";
    if (event) tell(appeared, left);
  }

  function tell(appeared, left) {
    const told = [];
    if (appeared) told.push(appeared === 1 ? "One more question appears." : appeared + " more questions appear.");
    if (left.length) told.push(left.length === 1 ? "One question is hidden." : left.length + " questions are hidden.");
    const lost = left.filter(isEmptied).map((name) => "“" + model.fields[name].name + "”");
    if (lost.length) told.push("REDCap would ask whether to erase the answer to " + lost.join(", ") + ".");
    if (told.length) news.textContent = told.join(" ");
  }

  function showComputed(name, text) {
    const place = document.getElementById("f-" + name);
    if (!place) return;
    const rule = model.fields[name].validation;
    const told = isDate(rule) ? shownDate(text, rule.order) : text;
    if (place.tagName === "OUTPUT") place.textContent = told;
    else place.value = told;
  }

  /* What stands in a label in place of [field]. */
  function piped(place, values) {
    const own = pipedText(place, values);
    return own !== "" ? own : place.blank === "hide" ? "" : "______";
  }

  function pipedText(place, values) {
    const { key, code, as } = place;
    const field = model.fields[key];
    if (as === "field-label") return field ? field.name : "";
    if (code) return values[key + "(" + code + ")"] === "1" ? "Checked" : "Unchecked";
    if (field && field.kind === "checkbox") {
      const wanted = as === "unchecked" ? "0" : "1";
      const codes = Object.keys(field.codes || {}).filter((one) => values[key + "(" + one + ")"] === wanted);
      return codes.map((one) => (as === "value" ? one : field.codes[one])).join(", ");
    }
    const text = values[key] || "";
    const codes = field ? field.codes : model.elsewhere[key];
    if (as === "label" && codes && has(codes, text)) return codes[text];
    if (field && isDate(field.validation)) return shownDate(text, field.validation.order);
    return text;
  }

  // --- checks -------------------------------------------------------------------------------------------------------

  function say(name, text, isFault) {
    const place = document.getElementById("e-" + name);
    if (!place) return;
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle("fault", Boolean(isFault));
    inputs.get(name).forEach((input) => {
      if (isFault && !["radio", "checkbox"].includes(input.type)) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
  }

  /* A bound as it is compared: today, now and [field] at their values of this moment. */
  function bound(text, rule, values) {
    if (!text) return "";
    const named = /^\[([a-z][a-z0-9_]*)\]$/i.exec(text);
    const plain = named ? values[named[1].toLowerCase()] || "" : text;
    if (plain === "today") return values.$today;
    if (plain === "now") return rule.kind === "date" ? values.$today : values.$now;
    if (isDate(rule) && !/^[0-9]{4}-/.test(plain) && new RegExp(rule.pattern).test(plain)) return storedDate(plain, rule.order) || "";
    return plain;
  }

  const comparable = (text, rule) => (rule.kind === "number" ? Number(text.replace(",", ".")) : paddedTime(text));
  const isBelow = (one, other, rule) => comparable(one, rule) < comparable(other, rule);

  function rangeOf(name, values) {
    const { validation: rule, least, greatest } = model.fields[name];
    if (!rule || rule.kind === "text") return null;
    const [low, high] = [bound(least, rule, values), bound(greatest, rule, values)];
    const own = values[name];
    if (!own || !((low && isBelow(own, low, rule)) || (high && isBelow(high, own, rule)))) return null;
    const shown = [low, high].map((text) => (isDate(rule) ? shownDate(text, rule.order) : text));
    return low && high ? shown.join(" to ") : low ? "from " + shown[0] : "up to " + shown[1];
  }

  /* Said as soon as the value stands; whether it can be read at all is said when the field is left. */
  function checkRange(values, name) {
    const field = model.fields[name];
    if (!field.validation || (field.least === undefined && field.greatest === undefined)) return;
    const place = document.getElementById("e-" + name);
    if (place && place.classList.contains("fault") && stored(name, typed(name)) === null) return;
    if (document.activeElement === inputs.get(name)[0] && !place.textContent) return;
    const range = rangeOf(name, values);
    if (!range) say(name, "", false);
    else if (field.forced) say(name, "This has to be " + range + ".", true);
    else say(name, "This is outside what is expected (" + range + "). It can be saved; please look at it again.", false);
  }

  function checkFormat(name) {
    if (!model.fields[name].validation) return;
    const bad = stored(name, typed(name)) === null;
    if (bad) say(name, "This cannot be read. " + model.fields[name].validation.wanted, true);
    else if (document.getElementById("e-" + name).classList.contains("fault")) say(name, "", false);
  }

  const many = (count, word) => count + " " + word + (count === 1 ? "" : "s");

  function countRoom(name) {
    const place = document.querySelector('[data-room="' + escaped(name) + '"]');
    if (!place) return;
    const field = model.fields[name];
    const text = inputs.get(name)[0].value;
    const used = field.characters ? text.length : text.split(/\s+/).filter(Boolean).length;
    const left = (field.characters || field.words) - used;
    const word = field.characters ? "character" : "word";
    place.textContent = left < 0 ? many(-left, word) + " too many" : many(left, word) + " left";
  }

  // --- what tags ask of boxes ----------------------------------------------------------------------------------------

  function keepApart(input) {
    const field = model.fields[input.name];
    const own = inputs.get(input.name);
    const alone = field.none || [];
    if (input.checked && alone.length) {
      const others = own.filter((one) => one !== input && one.checked && (alone.includes(input.value) || alone.includes(one.value)));
      others.forEach((one) => { one.checked = false; });
      if (others.length) say(input.name, "“" + (field.codes[input.value] || input.value) + "” stands alone; REDCap asks before it clears the rest.", false);
      else say(input.name, "", false);
    }
    if (field.most) {
      const full = own.filter((one) => one.checked).length >= field.most;
      own.forEach((one) => { one.disabled = full && !one.checked; });
      say(input.name, full ? "No more than " + field.most + " can be ticked." : "", false);
    }
  }

  /* In a ranking, a column that is chosen again leaves the row that had it. */
  function keepRank(input) {
    const grid = input.closest("[data-ranked]");
    if (!grid || !input.checked) return;
    grid.querySelectorAll("input:checked").forEach((other) => {
      if (other !== input && other.value === input.value) other.checked = false;
    });
  }

  // --- saving -------------------------------------------------------------------------------------------------------

  function wanting() {
    const { values } = settled();
    return names.filter((name) => !isOut(name)).flatMap((name) => {
      const field = model.fields[name];
      if (stored(name, typed(name)) === null && !["radio", "checkbox", "slider"].includes(field.kind)) {
        return [[name, "cannot be read"]];
      }
      if (field.forced && rangeOf(name, values)) return [[name, "is out of range"]];
      return field.required && value(name).length === 0 ? [[name, "must have a value"]] : [];
    });
  }

  function check() {
    const place = document.getElementById("checked");
    const found = wanting();
    place.replaceChildren();
    const head = document.createElement("p");
    head.textContent = found.length
      ? "REDCap would ask for " + (found.length === 1 ? "this one answer" : "these " + found.length + " answers") + " (and save the rest):"
      : "Nothing is missing: REDCap would save this page.";
    place.append(head);
    if (found.length) place.append(listed(found));
    place.focus();
  }

  function listed(found) {
    const list = document.createElement("ul");
    found.forEach(([name, what]) => {
      const link = document.createElement("a");
      link.href = "#q-" + name;
      link.textContent = model.fields[name].name;
      link.addEventListener("click", () => { if (inputs.get(name).length) setTimeout(() => inputs.get(name)[0].focus(), 0); });
      const item = document.createElement("li");
      item.append(link, " " + what);
      list.append(item);
    });
    return list;
  }

  // --- the page's life ----------------------------------------------------------------------------------------------

  function begin() {
    form.reset();
    computed.clear();
    const { today, now } = clock();
    names.forEach((name) => {
      const { kind, initial, fills, validation } = model.fields[name];
      say(name, "", false);
      if (kind === "slider") moved(inputs.get(name)[0], false);
      if (initial !== undefined) put(name, initial.startsWith("[") ? "" : initial);
      else if (fills === "today") put(name, today);
      else if (fills === "now") put(name, validation ? trimmedNow(now, validation) : now);
      else if (fills) put(name, fills);
      if (kind === "checkbox" && model.fields[name].most) inputs.get(name).forEach((one) => { one.disabled = false; });
      countRoom(name);
    });
    formLogic.unread.forEach((name) => say(name, "The logic of this field cannot be read.", false));
    document.getElementById("checked").replaceChildren();
    current = new Set(names);
    update(null);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("input", (event) => {
    const name = event.target.name;
    if (name && has(model.fields, name)) {
      if (event.target.type === "range") moved(event.target, true);
      if (event.target.type === "checkbox") keepApart(event.target);
      if (event.target.type === "radio") keepRank(event.target);
      countRoom(name);
    }
    update(event);
  });
  form.addEventListener("focusout", (event) => {
    const name = event.target.name;
    if (!name || !has(model.fields, name) || !["text", "password"].includes(event.target.type)) return;
    checkFormat(name);
    setTimeout(() => update(null), 0);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.reset) {
      put(button.dataset.reset, "");
      update(event);
    } else if (button.dataset.clock) {
      const { validation } = model.fields[button.dataset.clock];
      put(button.dataset.clock, trimmedNow(clock().now, validation));
      checkFormat(button.dataset.clock);
      update(event);
    }
  });
  document.getElementById("check").addEventListener("click", check);
  document.getElementById("print").addEventListener("click", () => window.print());
  document.getElementById("start-again").addEventListener("click", () => { begin(); news.textContent = "The page is as at the beginning."; });
  document.getElementById("show-all").addEventListener("click", (event) => {
    const all = document.body.classList.toggle("all");
    event.currentTarget.setAttribute("aria-pressed", String(all));
  });
  begin();
})();
