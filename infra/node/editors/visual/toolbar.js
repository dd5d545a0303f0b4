// The keys of a toolbar, by ARIA's pattern: it is one stop of Tab, and arrows, Home and End go from control to control. Escape leaves it.
export class Toolbar {
  constructor(element, leave) {
    this.element = element;
    element.addEventListener("focusin", ({ target }) => this.stop(target));
    element.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.key === "Escape") return leave();
      const next = this.next(event.key, event.target);
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }

  get controls() {
    return [...this.element.querySelectorAll("button, input")];
  }

  focus() {
    this.settle();
    this.controls.find((one) => one.tabIndex === 0)?.focus();
  }

  // After controls were switched on or off: a disabled one is no stop.
  settle() {
    const usable = this.controls.filter((one) => !one.disabled);
    this.stop(usable.find((one) => one.tabIndex === 0) ?? usable[0]);
  }

  stop(control) {
    for (const one of this.controls) one.tabIndex = one === control ? 0 : -1;
  }

  next(key, from) {
    const usable = this.controls.filter((one) => !one.disabled);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step && !staysInText(from, step)) return usable[(usable.indexOf(from) + step + usable.length) % usable.length];
    const isText = from.matches("input:not([type=color])");
    return { Home: isText ? null : usable[0], End: isText ? null : usable.at(-1) }[key];
  }
}

// In a field, an arrow moves the cursor until it is at the end of the text.
function staysInText(field, step) {
  if (!field.matches("input:not([type=color])")) return false;
  const { selectionStart, selectionEnd, value } = field;
  return step < 0 ? selectionEnd > 0 : selectionStart < value.length;
}
