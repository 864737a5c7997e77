/* <div class="upload" data-upload="URL"> with a file input. Without this file the files travel with
   the form. Added here: each file is sent as soon as it is chosen, photos are made smaller first, and
   each shows its state. The server answers with the HTML of one .file, whatever the status; it takes
   the place of the line shown while sending. See kernel/ui/README.md for the contract. */

const LONGEST_SIDE = 2400; // pixels; small print on an A4 photo stays readable
const SMALL_ENOUGH = 1_000_000; // bytes; below this a photo that fits is sent untouched
const QUALITY = 0.85;

/** A smaller JPEG of a photo, or the file itself when it is no photo or already small. */
export async function shrink(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return file; // a format that this browser can't open: the server decides
  }
  const longest = Math.max(picture.width, picture.height);
  if (longest <= LONGEST_SIDE && file.size <= SMALL_ENOUGH) {
    picture.close();
    return file;
  }
  const scale = Math.min(1, LONGEST_SIDE / longest);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const paper = canvas.getContext('2d');
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const smaller = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
  if (!smaller || smaller.size >= file.size) return file;
  return new File([smaller], file.name.replace(/\.[^.]+$/, '') + '.jpg', { type: 'image/jpeg' });
}

function line(box, name) {
  const item = document.createElement('div');
  item.className = 'file';
  const label = document.createElement('span');
  label.className = 'file__name';
  label.textContent = name;
  const state = document.createElement('span');
  state.className = 'file__state';
  state.setAttribute('role', 'status');
  const bar = document.createElement('progress');
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute('aria-label', name);
  item.append(label, state, bar);
  box.querySelector('.upload__list').append(item);
  return { item, state, bar };
}

function send(box, input, file) {
  const text = (key) => box.dataset[key] || '';
  const { item, state, bar } = line(box, file.name);
  const form = input.form;

  const failed = () => {
    item.classList.add('file--failed');
    state.textContent = text('textFailed');
    bar.remove();
    const again = document.createElement('button');
    again.type = 'button';
    again.className = 'button';
    again.dataset.type = 'tertiary';
    again.dataset.size = 'small';
    again.textContent = text('textRetry');
    again.addEventListener('click', () => {
      item.remove();
      send(box, input, file);
    });
    item.append(again);
  };

  state.textContent = text('textSending');
  return shrink(file).then(
    (small) =>
      new Promise((done) => {
        const body = new FormData();
        const token = form && form.querySelector('input[name="csrfmiddlewaretoken"]');
        if (token) body.append(token.name, token.value);
        body.append(box.dataset.field || 'file', small, small.name);
        const request = new XMLHttpRequest();
        request.open('POST', box.dataset.upload);
        request.setRequestHeader('Accept', 'text/html');
        request.setRequestHeader('X-Requested-With', 'upload');
        request.upload.addEventListener('progress', (event) => {
          if (event.lengthComputable) bar.value = event.loaded / event.total;
        });
        request.addEventListener('load', () => {
          const answer = document.createElement('template');
          answer.innerHTML = request.responseText;
          const fresh = answer.content.querySelector('.file');
          if (fresh) item.replaceWith(fresh);
          else failed();
          done();
        });
        request.addEventListener('error', () => {
          failed();
          done();
        });
        request.send(body);
      }),
  );
}

document.addEventListener('change', async (event) => {
  const input = event.target.closest('input[type="file"]');
  const box = input && input.closest('[data-upload]');
  if (!box || !box.dataset.upload) return;
  const files = [...input.files];
  input.value = ''; // they are on their way one by one and must not travel with the form again
  for (const file of files) await send(box, input, file);
});
