/* What compiled REDCap logic calls in the browser. The same rules as the Python beside it, to the last digit: see
   docs/logic.md. No dependencies, no state, nothing global but redcapLogic.

   redcapLogic.text(compiled, values)   the result as REDCap's text
   redcapLogic.holds(compiled, values)  whether it is true

   `values` maps names to stored texts, and may hold $today, $now, $event, $instance, $events, $missing_codes, $types:
   see keyed.py and record.py. */
"use strict";

const redcapLogic = (function () {
  const BLANK = "";
  const NUMBER = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
  const COMMA_NUMBER = /^[-+]?(?:[0-9]+,?[0-9]*|,[0-9]+)$/;
  const STORED = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?: ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?$/;
  const TYPED = /^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(?: ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?$/;
  const TIME = /^([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?$/;
  const DAY = 86400;
  const DAYS = 3652059; // of the years 1 to 9999
  const UNITS = { y: 31556952, M: 2630016, d: DAY, h: 3600, m: 60, s: 1 };
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

  // --- decimals -----------------------------------------------------------------------------------------------------

  /* Digits of |x| and the power of ten of the first one; a half in the digit after goes up. */
  function digitsOf(x, many) {
    const [lead, power] = Math.abs(x).toExponential(many - 1).split("e");
    return [lead.replace(".", ""), Number(power)];
  }

  function spelled(x) {
    if (x === 0) return "0";
    const [all, power] = digitsOf(x, 14);
    const digits = all.replace(/0+$/, "");
    const sign = x < 0 ? "-" : "";
    if (power < 0) return sign + "0." + "0".repeat(-power - 1) + digits;
    if (power >= digits.length - 1) return sign + digits + "0".repeat(power - digits.length + 1);
    return sign + digits.slice(0, power + 1) + "." + digits.slice(power + 1);
  }

  const significant = (x) => Number(x.toPrecision(14));

  function rounded(x, wanted, how) {
    if (x === 0) return x;
    const places = Math.max(-330, Math.min(330, wanted));
    const [digits, power] = digitsOf(x, 15);
    const keep = power + 1 + places;
    if (keep >= 15) return Math.sign(x) * Number(digits + "e" + (power - 14));
    const rest = keep < 0 ? "0" + digits : digits.slice(keep);
    const up = how === "up" ? /[1-9]/.test(rest) : how === "half" && rest.charAt(0) >= "5";
    const whole = Number(keep > 0 ? digits.slice(0, keep) : "0") + (up ? 1 : 0);
    return Math.sign(x) * Number(whole + "e" + -places);
  }

  // --- values -------------------------------------------------------------------------------------------------------

  function plainNumber(text) {
    if (!NUMBER.test(text)) return null;
    const found = Number(text);
    return Number.isFinite(found) ? found : null;
  }

  function number(c, value) {
    if (typeof value === "number") return value;
    return c.missing.has(value) ? null : plainNumber(value);
  }

  const text = (value) => (typeof value === "number" ? spelled(value) : value);
  const flag = (condition) => (condition ? 1 : 0);
  const answer = (found) => (found === null || !Number.isFinite(found) ? BLANK : found);
  const count = (value) => {
    const found = typeof value === "number" ? value : plainNumber(value);
    return found === null ? null : Math.trunc(found);
  };

  function truth(c, value) {
    if (value === BLANK || (typeof value === "string" && c.missing.has(value))) return false;
    const found = number(c, value);
    return found === null || found !== 0;
  }

  function equal(left, right) {
    const one = typeof left === "number" ? left : plainNumber(left);
    const other = typeof right === "number" ? right : plainNumber(right);
    return one !== null && other !== null ? one === other : text(left) === text(right);
  }

  function byCodePoint(left, right) {
    const one = Array.from(left);
    const other = Array.from(right);
    for (let i = 0; i < Math.min(one.length, other.length); i += 1) {
      if (one[i] !== other[i]) return one[i].codePointAt(0) - other[i].codePointAt(0);
    }
    return one.length - other.length;
  }

  function compare(c, operator, left, right) {
    if (operator === "=") return equal(left, right);
    if (operator === "<>") return !equal(left, right);
    const one = number(c, left);
    const other = number(c, right);
    if ((one === null) !== (other === null)) return false;
    let sign;
    if (one === null) {
      const words = [text(left), text(right)];
      if (words.some((word) => word === BLANK || c.missing.has(word))) return false;
      sign = byCodePoint(words[0], words[1]);
    } else {
      sign = one - other || 0;
    }
    return operator === "<" ? sign < 0 : operator === "<=" ? sign <= 0 : operator === ">" ? sign > 0 : sign >= 0;
  }

  function power(base, exponent) {
    if (!Number.isInteger(exponent) || Math.abs(exponent) > 1024) {
      const found = Math.pow(base, exponent);
      return Number.isFinite(found) ? significant(found) : null;
    }
    let found = 1;
    for (let times = Math.abs(exponent); times; times = Math.floor(times / 2)) {
      if (times % 2) found *= base;
      base *= base;
    }
    return exponent < 0 ? 1 / found : found;
  }

  function calculate(c, operator, left, right) {
    const one = number(c, left);
    const other = number(c, right);
    if (one === null || other === null) return BLANK;
    switch (operator) {
      case "+": return answer(one + other);
      case "-": return answer(one - other);
      case "*": return answer(one * other);
      case "/": return answer(one / other);
      default: return answer(power(one, other));
    }
  }

  /* A chain from left to right: value, operator, value, operator, value … */
  function arithmetic(c, first, ...steps) {
    let found = first;
    for (let i = 0; i < steps.length; i += 2) found = calculate(c, steps[i], found, steps[i + 1]);
    return found;
  }

  function signed(c, sign, value) {
    const found = number(c, value);
    return found === null ? BLANK : sign === "-" ? -found : found;
  }

  // --- dates --------------------------------------------------------------------------------------------------------

  const isLeap = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

  /* Days since the first day of year 1; null where there is no such day. */
  function dayNumber(year, month, day) {
    const lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return null;
    const before = year - 1;
    const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
    return before * 365 + leaps + lengths.slice(0, month - 1).reduce((sum, many) => sum + many, 0) + day - 1;
  }

  const isoDay = (days) => new Date((days - 719162) * DAY * 1000).toISOString().slice(0, 10); // 719162: 1970-01-01

  function calendar(days) {
    const [year, month, day] = isoDay(days).split("-").map(Number);
    return { year, month, day };
  }

  function ofDay(clock) {
    const [hours, minutes, seconds] = clock.map((part) => Number(part || 0));
    return hours < 24 && minutes < 60 && seconds < 60 ? hours * 3600 + minutes * 60 + seconds : null;
  }

  function on(year, month, day, clock) {
    const days = dayNumber(Number(year), Number(month), Number(day));
    if (days === null) return null;
    if (clock[0] === undefined) return { seconds: days * DAY, kind: "date" };
    const seconds = ofDay(clock);
    return seconds === null ? null : { seconds: days * DAY + seconds, kind: clock[2] === undefined ? "minutes" : "seconds" };
  }

  function moment(c, value, order) {
    if (typeof value !== "string" || c.missing.has(value)) return null;
    const shown = value === "today" ? c.today : value === "now" ? c.now : value;
    let found = STORED.exec(shown);
    if (found) return on(found[1], found[2], found[3], found.slice(4));
    found = order === "mdy" || order === "dmy" ? TYPED.exec(shown) : null;
    if (found && order === "mdy") return on(found[3], found[1], found[2], found.slice(4));
    if (found) return on(found[3], found[2], found[1], found.slice(4));
    found = TIME.exec(shown);
    const seconds = found ? ofDay(found.slice(1)) : null;
    return seconds === null ? null : { seconds, kind: "time" };
  }

  function written(seconds, kind) {
    const days = Math.floor(seconds / DAY);
    if (days < 0 || days >= DAYS) return BLANK;
    if (kind === "date") return isoDay(days);
    const rest = seconds - days * DAY;
    const two = (part) => String(part).padStart(2, "0");
    const clock = two(Math.floor(rest / 3600)) + ":" + two(Math.floor(rest / 60) % 60);
    return isoDay(days) + " " + (kind === "seconds" ? clock + ":" + two(rest % 60) : clock);
  }

  function dayOf(c, value) {
    const found = moment(c, value);
    return found === null || found.kind === "time" ? null : Math.floor(found.seconds / DAY);
  }

  function part(c, value, name) {
    const days = dayOf(c, value);
    return days === null ? BLANK : calendar(days)[name];
  }

  function birthday(born, year) {
    const moved = born.month === 2 && born.day === 29 && !isLeap(year);
    const shift = year > 9999 ? 400 : 0; // a calendar repeats itself after 400 years of 146,097 days
    const days = dayNumber(year - shift, moved ? 3 : born.month, moved ? 1 : born.day);
    return days + (shift ? 146097 : 0);
  }

  // --- functions ----------------------------------------------------------------------------------------------------

  const given = (c, values) => values.map((value) => number(c, value)).filter((found) => found !== null);
  const total = (numbers) => numbers.reduce((sum, one) => sum + one, 0);
  const ofOne = (c, value, change) => {
    const found = number(c, value);
    return found === null ? BLANK : answer(change(found));
  };
  const roundedTo = (c, value, places, how) => {
    const at = places === undefined ? 0 : count(places);
    return at === null ? BLANK : ofOne(c, value, (found) => rounded(found, at, how));
  };
  const lower = (value) => text(value).toLowerCase();
  const holdsText = (haystack, needle) => text(needle) !== BLANK && lower(haystack).includes(lower(needle));
  const trimmed = (value) => value.replace(/^[ \t\n\r\v\0]+|[ \t\n\r\v\0]+$/g, "");

  const functions = {
    sum: (c, ...values) => answer(total(given(c, values))),
    mean: (c, ...values) => {
      const numbers = given(c, values);
      return numbers.length ? answer(total(numbers) / numbers.length) : BLANK;
    },
    median: (c, ...values) => {
      const numbers = given(c, values).sort((one, other) => one - other);
      const middle = Math.floor(numbers.length / 2);
      if (numbers.length % 2) return numbers[middle];
      return numbers.length ? answer((numbers[middle - 1] + numbers[middle]) / 2) : BLANK;
    },
    min: (c, ...values) => answer(Math.min(...given(c, values))),
    max: (c, ...values) => answer(Math.max(...given(c, values))),
    stdev: (c, ...values) => {
      const numbers = given(c, values);
      if (numbers.length < 2) return BLANK;
      const centre = total(numbers) / numbers.length;
      return answer(Math.sqrt(total(numbers.map((one) => (one - centre) * (one - centre))) / (numbers.length - 1)));
    },
    round: (c, value, places) => roundedTo(c, value, places, "half"),
    roundup: (c, value, places) => roundedTo(c, value, places, "up"),
    rounddown: (c, value, places) => roundedTo(c, value, places, "down"),
    abs: (c, value) => ofOne(c, value, Math.abs),
    sqrt: (c, value) => ofOne(c, value, Math.sqrt),
    exponential: (c, value) => ofOne(c, value, (found) => (found < 709 ? significant(Math.exp(found)) : null)),
    log: (c, value, base) => {
      const found = number(c, value);
      const root = base === undefined ? Math.E : number(c, base);
      if (found === null || root === null || found <= 0 || root <= 0 || root === 1) return BLANK;
      return answer(significant(base === undefined ? Math.log(found) : Math.log(found) / Math.log(root)));
    },
    mod: (c, dividend, divisor) => {
      const one = number(c, dividend);
      const other = number(c, divisor);
      return one === null || other === null ? BLANK : answer(one % other);
    },
    isnumber: (c, value) => flag(number(c, value) !== null),
    isinteger: (c, value) => flag(number(c, value) !== null && /^[-+]?[0-9]+$/.test(text(value))),
    isblankormissingcode: (c, value) => flag(text(value) === BLANK || c.missing.has(text(value))),
    isblanknotmissingcode: (c, value) => flag(text(value) === BLANK),
    ismissingcode: (c, value) => flag(c.missing.has(text(value))),
    hasmissingcode: (c, value, codes) => {
      const listed = text(codes).split(",").map((code) => code.replace(/^ +| +$/g, ""));
      return flag(c.missing.has(text(value)) && listed.includes(text(value)));
    },
    contains: (c, haystack, needle) => flag(holdsText(haystack, needle)),
    not_contain: (c, haystack, needle) => flag(!holdsText(haystack, needle)),
    starts_with: (c, haystack, needle) => flag(text(needle) !== BLANK && lower(haystack).startsWith(lower(needle))),
    ends_with: (c, haystack, needle) => flag(text(needle) !== BLANK && lower(haystack).endsWith(lower(needle))),
    find: (c, needle, haystack) => {
      const place = text(needle) === BLANK ? -1 : text(haystack).indexOf(text(needle));
      return place < 0 ? 0 : Array.from(text(haystack).slice(0, place)).length + 1;
    },
    left: (c, value, many) => Array.from(text(value)).slice(0, Math.max(0, count(many) || 0)).join(""),
    right: (c, value, many) => {
      const wanted = Math.max(0, count(many) || 0);
      return wanted ? Array.from(text(value)).slice(-wanted).join("") : BLANK;
    },
    mid: (c, value, start, many) => {
      const first = count(start) || 0;
      const wanted = Math.max(0, count(many) || 0);
      return first > 0 ? Array.from(text(value)).slice(first - 1, first - 1 + wanted).join("") : BLANK;
    },
    length: (c, value) => Array.from(text(value)).length,
    trim: (c, value) => trimmed(text(value)),
    upper: (c, value) => text(value).toUpperCase(),
    lower: (c, value) => lower(value),
    replace_text: (c, value, old, fresh) =>
      text(old) === BLANK ? text(value) : text(value).split(text(old)).join(text(fresh)),
    concat: (c, ...values) => values.map(text).join(""),
    concat_ws: (c, separator, ...values) => values.map(text).filter((one) => one !== BLANK).join(text(separator)),
    datediff: (c, first, second, unit, ...options) => {
      let order = "ymd";
      let withSign = false;
      options.forEach((option) => {
        if (["ymd", "mdy", "dmy"].includes(option)) order = option;
        else withSign = option === "true" || (option !== "false" && truth(c, option));
      });
      const one = moment(c, first, order);
      const other = moment(c, second, order);
      if (!one || !other || (one.kind === "time") !== (other.kind === "time") || !has(UNITS, unit)) return BLANK;
      const found = (other.seconds - one.seconds) / UNITS[unit];
      return withSign ? found : Math.abs(found);
    },
    age_at_date: (c, birth, other, decimal) => {
      const from = dayOf(c, birth);
      const to = dayOf(c, other);
      if (from === null || to === null || to < from) return BLANK;
      const born = calendar(from);
      const then = calendar(to);
      const early = then.month < born.month || (then.month === born.month && then.day < born.day);
      const years = then.year - born.year - (early ? 1 : 0);
      if (decimal === undefined || decimal === "false" || !truth(c, decimal)) return years;
      const last = birthday(born, born.year + years);
      return years + (to - last) / (birthday(born, born.year + years + 1) - last);
    },
    year: (c, value) => part(c, value, "year"),
    month: (c, value) => part(c, value, "month"),
    day: (c, value) => part(c, value, "day"),
    dayoftheweek: (c, value) => {
      const days = dayOf(c, value);
      return days === null ? BLANK : (days % 7) + 1;
    },
    calcdate: (c, source, amount, unit) => {
      const start = moment(c, source);
      const by = number(c, amount);
      if (!start || start.kind === "time" || by === null || !has(UNITS, unit)) return BLANK;
      const moved = start.seconds + by * UNITS[unit];
      if (!(moved >= 0 && moved < DAYS * DAY)) return BLANK;
      const fine = start.kind === "seconds" || unit === "s" ? "seconds" : null;
      const clock = start.kind === "minutes" || unit === "h" || unit === "m" ? "minutes" : "date";
      return written(Math.floor(moved + 0.5), fine || clock);
    },
  };

  // --- references ---------------------------------------------------------------------------------------------------

  function neighbour(word, event, events) {
    let row = events;
    if (word === "previous-event-name" || word === "next-event-name") {
      const place = events.indexOf(event);
      if (place < 0) return null;
      row = word === "next-event-name" ? events.slice(place + 1) : events.slice(0, place);
    }
    if (!row.length) return null;
    return word === "first-event-name" || word === "next-event-name" ? row[0] : row[row.length - 1];
  }

  const isNeighbour = (word) => /^(first|last|previous|next)-event-name$/.test(word);
  const exportName = (field, code) => field + "___" + code.toLowerCase().replace(/[^a-z0-9]/gu, "_");

  function numbersOf(c, prefix, name) {
    const beginning = prefix + "[" + name + "]";
    return Object.keys(c.values)
      .filter((key) => key.startsWith(beginning) && /^\[[0-9]+\]$/.test(key.slice(beginning.length)))
      .map((key) => Number(key.slice(beginning.length + 1, -1)));
  }

  function relative(c, instance) {
    const step = { "current-instance": 0, "previous-instance": -1, "next-instance": 1 }[instance];
    if (step === undefined || c.instance === null || c.instance + step < 1) return null;
    return c.instance + step;
  }

  function numbered(c, name, prefixes, instance) {
    if (/^[0-9]+$/.test(instance)) return Number(instance);
    if (instance !== "first-instance" && instance !== "last-instance") return relative(c, instance);
    const numbers = prefixes.flatMap((prefix) => numbersOf(c, prefix, name));
    if (!numbers.length) return 1;
    return instance === "first-instance" ? Math.min(...numbers) : Math.max(...numbers);
  }

  function keysOf(c, name, event, instance) {
    const prefixes = event ? ["[" + event + "]"] : c.event ? ["[" + c.event + "]", ""] : [""];
    let at = event ? null : c.instance;
    if (instance !== null && !(instance === "current-instance" && !event)) {
      at = numbered(c, name, prefixes, instance);
      if (at === null) return [];
    }
    const keys = at === null ? [] : prefixes.map((prefix) => prefix + "[" + name + "][" + at + "]");
    const single = at === 1 && !prefixes.some((prefix) => numbersOf(c, prefix, name).length);
    if (at === null || (!event && at === c.instance) || single) {
      prefixes.forEach((prefix) => keys.push(prefix ? prefix + "[" + name + "]" : name));
    }
    return keys;
  }

  function eventOf(c, event) {
    if (event === null || event === "event-name" || event === c.event) return "";
    if (!isNeighbour(event)) return event;
    const found = neighbour(event, c.event, c.events);
    return found === c.event ? "" : found;
  }

  function stored(c, field, code, event, instance) {
    const absent = code === null ? BLANK : "0";
    const there = eventOf(c, event);
    if (there === null) return absent;
    const names = code === null ? [field] : [field + "(" + code + ")", exportName(field, code)];
    for (const name of names) {
      for (const key of keysOf(c, name, there, instance)) {
        if (has(c.values, key)) return c.values[key] === null || c.values[key] === "" ? absent : String(c.values[key]);
      }
    }
    return absent;
  }

  function reference(c, field, code = null, event = null, instance = null) {
    const found = stored(c, field, code, event, instance);
    const comma = has(c.types, field) && c.types[field].endsWith("comma_decimal") && COMMA_NUMBER.test(found);
    return comma ? found.replace(",", ".") : found;
  }

  function smart(c, name, parts = [], event = null, instance = null) {
    const key = (event ? "[" + event + "]" : "") + "[" + [name, ...parts].join(":") + "]" + (instance ? "[" + instance + "]" : "");
    if (has(c.values, key)) return c.values[key] === null ? BLANK : String(c.values[key]);
    if (name === "event-name") return c.event;
    if (isNeighbour(name)) return neighbour(name, c.event, c.events) || BLANK;
    const at = name.endsWith("-instance") ? relative(c, name) : null;
    return at === null ? BLANK : String(at);
  }

  // --- running ------------------------------------------------------------------------------------------------------

  function localNow() {
    const clock = new Date();
    return new Date(clock.getTime() - clock.getTimezoneOffset() * 60000).toISOString().slice(0, 19).replace("T", " ");
  }

  function context(values) {
    const c = {
      values,
      event: values.$event || "",
      instance: values.$instance ? Number(values.$instance) : null,
      events: values.$events || [],
      missing: new Set(values.$missing_codes || []),
      types: values.$types || {},
    };
    const now = values.$now ? values.$now.replace("T", " ") : values.$today ? values.$today + " 00:00:00" : localNow();
    c.today = values.$today || now.slice(0, 10);
    c.now = now.length === 16 ? now + ":00" : now.slice(0, 19);
    return c;
  }

  const operations = { functions, compare, arithmetic, signed, truth, flag, reference, smart };

  return {
    text: (compiled, values) => text(compiled(context(values), operations)),
    holds: (compiled, values) => {
      const c = context(values);
      return truth(c, compiled(c, operations));
    },
  };
})();

if (typeof module !== "undefined") module.exports = redcapLogic;
