"""Moves without a pause between: on a busy machine Playwright's own may leave one."""


def press_at_once(element, key, times):
    """Press a key several times."""
    element.evaluate("""(element, [key, times]) => {
      for (let i = 0; i < times; i++)
        element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }""", [key, times])


def type_at_once(element, *values):
    """Give a field, a slider or a choice one value after the other."""
    element.evaluate("""(element, values) => {
      for (const value of values) {
        element.value = value;
        element.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
    }""", values)
