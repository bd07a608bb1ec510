// Shows what is known of the state that is clicked, or on which Enter is pressed; the arrow keys go from state to state.
const links = [...document.querySelectorAll('svg a')];
const show = (link) => {
  for (const each of links) each.classList.toggle('shown', each === link);
  for (const section of document.querySelectorAll('aside section'))
    section.hidden = `#${section.id}` !== link.getAttribute('href');
  document.querySelector('aside').scrollTop = 0;
};
for (const [index, link] of links.entries()) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    show(link);
  });
  link.addEventListener('keydown', ({ key }) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
    if (step) links[(index + step + links.length) % links.length].focus();
    if (key === ' ') show(link);
  });
}
const first = links.find((link) => link.classList.contains('failed')) ?? links[0];
if (first) show(first);
