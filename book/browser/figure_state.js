// The state of a figure in the page's address: #figure_name?control=value&control=value
// An instructor can so assign an exact state, and a reader can share one.
window.figureState = {
  /** @returns {URLSearchParams | null} the state that the address gives to a figure, if any */
  read(name) {
    // Not decoded as a whole: a stray % would raise, and the parameters decode themselves.
    const [figure, query] = location.hash.slice(1).split("?");
    return figure === name && query !== undefined ? new URLSearchParams(query) : null;
  },

  /** @returns {string} the page's address with this state of the figure */
  link(name, state) {
    const query = new URLSearchParams(state).toString();
    return `${location.href.split("#")[0]}#${name}?${query}`;
  },

  /** Put the state into the address, without a new entry in the history. */
  write(name, state) {
    clearTimeout(this.timer);
    // Browsers limit how often the address may change; a dragged slider would exceed that.
    const now = location.hash;
    this.timer = setTimeout(() => {
      // Not over an address that somebody has opened meanwhile.
      if (location.hash === now) history.replaceState(null, "", this.link(name, state));
    }, 250);
  },

  /** Call `apply` with the state that the address gives to this figure, now and whenever it changes. */
  follow(element, apply) {
    let given = false; // whether the address has had a state of this figure
    const update = () => {
      const state = this.read(element.id);
      if (state) {
        apply(state);
        this.show(element);
      } else if (given && !location.hash) {
        apply(new URLSearchParams()); // back on the page as it began, wherever that was
      }
      given ||= state !== null;
    };
    addEventListener("hashchange", update);
    update();
  },

  /** Scroll to a figure; the address names no plain anchor, so the browser does not. */
  show(element) {
    // Asked again in each frame, because a figure grows when it takes its poster's place.
    return bringIntoView(element, () => (element.offsetHeight < innerHeight ? "center" : "start"));
  },
};
