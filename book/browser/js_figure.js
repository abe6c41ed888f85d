// <js-figure>: hosts a client-side figure (an anywidget module) on a page without a kernel.
(() => {
  const sources = window.jsFigures ??= {}, modules = {};
  const load = name => modules[name] ??= import(
    URL.createObjectURL(new Blob([sources[name]], { type: "text/javascript" }))).then(m => m.default);

  /** The part of anywidget's model that figures use; the state is also in the page's address. */
  class Model extends EventTarget {
    constructor(name, state) { super(); Object.assign(this, { name, state, defaults: { ...state }, calls: new Map() }); }
    get(key) { return this.state[key]; }
    set(key, value) {
      if (JSON.stringify(this.state[key]) === JSON.stringify(value)) return;
      this.state[key] = value;
      this.dispatchEvent(new Event(`change:${key}`));
      this.dispatchEvent(new Event("change"));
    }
    on(event, call) { this.calls.set(call, () => call()); this.addEventListener(event, this.calls.get(call)); }
    off(event, call) { this.removeEventListener(event, this.calls.get(call)); }
    changes() {
      return Object.entries(this.state).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(this.defaults[k]))
        .map(([k, v]) => [k, typeof v === "string" ? v : JSON.stringify(v)]);
    }
    link() { return figureState.link(this.name, this.changes()); }
    save_changes() { figureState.write(this.name, this.changes()); }
    restore(query) {
      // What an address leaves out is as in the beginning, so that it means the same to everyone.
      for (const key of Object.keys(this.defaults)) if (!query.has(key)) this.set(key, this.defaults[key]);
      // For figures that ask: what an address that was just read gave, and what cannot be meant.
      this.given = new Set(query.keys());
      this.refused = [];
      for (const [key, text] of query) {
        let value = text;
        if (typeof this.defaults[key] !== "string") try { value = JSON.parse(text); } catch { /* refused below */ }
        if (Object.hasOwn(this.defaults, key) && typeof value === typeof this.defaults[key]) this.set(key, value);
        else this.refused.push([key, text]);
      }
      this.dispatchEvent(new Event("change:refused"));
    }
  }

  customElements.define("js-figure", class extends HTMLElement {
    connectedCallback() {
      if (this.model) return;
      this.model = new Model(this.id, JSON.parse(this.querySelector("script").textContent));
      figureState.follow(this, query => this.model.restore(query));
      new IntersectionObserver((entries, observer) => {
        if (!entries.some(entry => entry.isIntersecting)) return;
        observer.disconnect();
        this.start().catch(error => this.append(`This figure could not start: ${error.message}`));
      }, { rootMargin: "200px" }).observe(this);
    }
    async start() {
      const figure = await load(this.getAttribute("module"));
      const el = document.createElement("div");
      this.append(el);
      await figure.render({ model: this.model, el });
      this.querySelector(":scope > img, :scope > p")?.remove(); // the poster has done its duty
      this.setAttribute("ready", "");
    }
  });
})();
