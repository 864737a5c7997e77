/* Menus are <details class="menu">; without this file they open and close by their own button.
   Added here: only one is open, Escape and a click elsewhere close it, focus goes back. */

const menus = () => document.querySelectorAll('details.menu');

document.addEventListener('click', (event) => {
  for (const menu of menus()) {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of menus()) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

/* <button data-opens="id"> shows <dialog id>; the server's own page stays the way without script. */
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog || typeof dialog.showModal !== 'function') return;
    event.preventDefault();
    dialog.showModal();
  }
  const closer = event.target.closest('[data-closes]');
  const open = closer && closer.closest('dialog');
  if (open && open.matches(':modal')) {
    event.preventDefault();
    open.close();
  }
});

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-prints]')) window.print();
});
