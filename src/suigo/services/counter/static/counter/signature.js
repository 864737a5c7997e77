// A frame to sign in with a finger or a pen. Without this script the frame stays hidden and the
// name is typed instead.
const prepare = (form) => {
  const canvas = form.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * canvas.width) / box.width,
      ((event.clientY - box.top) * canvas.height) / box.height,
    ];
  };
  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    delete form.dataset.drawn;
  };
  let down = false;
  pen.lineWidth = 5;
  pen.lineCap = pen.lineJoin = "round";
  form.hidden = false;
  clear();
  canvas.addEventListener("pointerdown", (event) => {
    down = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...point(event));
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down) return;
    pen.lineTo(...point(event));
    pen.strokeStyle = "#000";
    pen.stroke();
    form.dataset.drawn = "yes";
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      down = false;
    });
  }
  form.querySelector("[data-signature-clear]").addEventListener("click", clear);
  form.addEventListener("submit", () => {
    form.elements.picture.value = form.dataset.drawn ? canvas.toDataURL("image/png") : "";
  });
};

const begin = () => document.querySelectorAll("[data-signature]").forEach(prepare);
begin();
document.addEventListener("fresh", begin);
