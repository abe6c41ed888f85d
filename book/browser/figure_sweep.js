// <figure-sweep>: moves through frames that were rendered while the book was built.
// A classic script, because browsers refuse module scripts on file:// pages.
(() => {
  const el = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };

  class FigureSweep extends HTMLElement {
    connectedCallback() {
      if (this.spec) return;
      this.spec = JSON.parse(this.querySelector("script").textContent);
      this.image = this.querySelector("img");
      this.position = this.spec.controls.map(control => control.value);
      this.loaded = new Map();
      this.request = 0;
      this.message = el("p", { className: "figure-message" });
      this.message.setAttribute("role", "status");
      this.inputs = this.spec.controls.map((control, k) => this.makeInput(control, k));
      this.append(
        el("div", { className: "figure-controls" }, ...this.inputs.map(input => input.row)),
        this.message,
      );
      figureState.follow(this, state => this.restore(state));
      this.dispatchEvent(new Event("ready"));
      this.setAttribute("ready", "");
    }

    makeInput(control, k) {
      const id = `${this.id}-${control.name}`;
      const isRange = control.kind === "range";
      const input = isRange
        ? el("input", { type: "range", min: 0, max: control.texts.length - 1, step: 1 })
        : el("select", {}, ...control.texts.map((text, i) => new Option(text, i)));
      Object.assign(input, { id, value: control.value });
      const output = el("output", { htmlFor: id });
      const row = el("div", { className: "figure-row" }, el("label", { htmlFor: id, textContent: control.label }), input);
      if (isRange) row.append(output);
      const show = () => {
        output.textContent = control.texts[input.value];
        if (isRange) input.setAttribute("aria-valuetext", output.textContent);
      };
      const set = value => {
        input.value = value;
        show();
        this.move(k, +value);
      };
      input.addEventListener("input", () => { play?.stop(); set(input.value); });
      // Neighbors are fetched when a reader is about to move, not before.
      for (const event of ["focus", "pointerenter", "touchstart"]) {
        input.addEventListener(event, () => this.preloadNeighbors(), { passive: true });
      }
      const play = control.play ? this.makePlay(control, input, set) : null;
      if (play) row.append(play.button);
      show();
      return { row, input, set, control };
    }

    makePlay(control, input, set) {
      const last = control.texts.length - 1;
      const button = el("button", { type: "button", className: "figure-play" });
      let timer = 0;
      const label = playing => {
        button.textContent = playing ? "❚❚" : "▶";
        button.setAttribute("aria-label", `${playing ? "Pause" : "Play"}: ${control.label}`);
      };
      const stop = () => { clearInterval(timer); timer = 0; label(false); };
      const start = () => {
        const slow = matchMedia("(prefers-reduced-motion: reduce)").matches;
        if (+input.value === last) set(0);
        label(true);
        timer = setInterval(() => {
          // Wait for a frame that is still on its way: a slow link must not skip frames.
          if (this.waiting) return;
          if (+input.value === last) stop(); else set(+input.value + 1);
        }, slow ? 1000 : 200);
      };
      button.addEventListener("click", () => (timer ? stop() : start()));
      label(false);
      new IntersectionObserver(([entry]) => { if (!entry.isIntersecting) stop(); }).observe(this);
      return { button, stop };
    }

    frame(position = this.position) {
      const index = position.reduce((sum, i, k) => sum * this.spec.controls[k].texts.length + i, 0);
      return this.spec.sources[this.spec.frames[index]];
    }

    state() {
      return Object.fromEntries(
        this.spec.controls.map((control, k) => [control.name, control.texts[this.position[k]]]));
    }

    move(k, value) {
      if (this.position[k] === value) return;
      this.position[k] = value;
      this.message.textContent = "";
      figureState.write(this.id, this.state());
      this.show();
    }

    restore(state) {
      const unknown = [];
      for (const { set, control } of this.inputs) {
        if (!state.has(control.name)) continue;
        const i = control.texts.indexOf(state.get(control.name));
        if (i < 0) unknown.push(`${control.label} ${state.get(control.name)}`); else set(i);
      }
      this.message.textContent = unknown.length
        ? `The link names a state that this figure does not have: ${unknown.join(", ")}.` : "";
    }

    load(source) {
      if (!this.loaded.has(source)) {
        const image = new Image();
        image.src = source;
        const promise = image.decode();
        promise.catch(() => this.loaded.delete(source)); // so that the next visit tries again
        this.loaded.set(source, promise);
      }
      return this.loaded.get(source);
    }

    async show() {
      const request = ++this.request;
      const source = this.frame();
      this.waiting = true;
      try {
        await this.load(source);
        if (request !== this.request) return; // a later movement has overtaken this one
        this.image.src = source;
        const words = Object.entries(this.state()).map(([name, text], k) => `${this.spec.controls[k].label} ${text}`);
        this.image.alt = `${this.spec.alt}: ${words.join(", ")}`;
        this.preloadNeighbors();
      } catch {
        if (request === this.request) {
          this.message.textContent = "This frame could not be loaded. Move the control again to retry.";
        }
      } finally {
        if (request === this.request) this.waiting = false;
      }
    }

    /** Fetch only the frames one movement away: a whole sweep would block a slow link. */
    preloadNeighbors() {
      this.spec.controls.forEach((control, k) => {
        for (const step of [1, -1]) {
          const position = [...this.position];
          position[k] += step;
          if (position[k] in control.texts) this.load(this.frame(position)).catch(() => {});
        }
      });
    }
  }

  customElements.define("figure-sweep", FigureSweep);
})();
