// A button on each block of code that copies it.

import { makeButton } from "../../src/helpers/client_figures/shared/elements.js";

const REMINDER = 2000; // milliseconds that a button says what it has done

/**
 * Copy the text of a block. Without permission, or on a server without https, there is no
 * clipboard: then select the text, and copy what is selected.
 * @param {HTMLElement} block
 * @returns {Promise<boolean>} false if nothing helped; the text is left selected
 */
async function copy(block) {
  const text = block.innerText.replace(/\n$/, "");
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const selection = getSelection();
    selection?.selectAllChildren(block);
    const copied = document.execCommand("copy");
    if (copied) selection?.removeAllRanges();
    return copied;
  }
}

/** @type {NodeListOf<HTMLElement>} */
const blocks = document.querySelectorAll("div.highlight > pre");
for (const block of blocks) {
  const button = makeButton("Copy", async () => {
    button.textContent = (await copy(block)) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, REMINDER);
  });
  button.className = "copybtn";
  block.after(button);
}
