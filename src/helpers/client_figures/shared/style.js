// The style that the controls of all figures share: targets for fingers, and forced colors.

/**
 * @param {string} root the class of the figure
 * @returns {string} a style sheet; what stands after it may say otherwise
 */
export const sharedStyle = root => `
@media (pointer: coarse) {
  .${root} { --figure-touch: 44px; }
  .${root} :is(button, select, input[type=text], input[type=number]) { min-height: 44px; }
  .${root} input[type=range] { height: 44px; }
}
@media (forced-colors: active) {
  .${root} canvas { forced-color-adjust: none; }
  .${root} :is(button, select, input) { border-color: ButtonText; }
  .${root} :disabled { opacity: 1; border-color: GrayText; }
  .${root} :focus-visible { outline-color: Highlight; }
}
`;
