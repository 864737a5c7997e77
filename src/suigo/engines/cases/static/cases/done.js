/* The receipt is the answer to sending the form. Its own address takes its place in the history, so
   that reloading or coming back shows the receipt and does not ask to send the form again. */

const place = document.querySelector('[data-location]');
if (place && place.dataset.location !== window.location.pathname) {
  window.history.replaceState(null, '', place.dataset.location);
}
