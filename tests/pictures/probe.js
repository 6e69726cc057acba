// Facts of a page, read where it is shown. Each function returns a list of what is wrong.
const probe = {
  // Nothing is wider than the page, but for what scrolls in its own frame.
  overflow() {
    const wrong = [], width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) wrong.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
    for (const element of document.body?.querySelectorAll('*') ?? []) {
      if (element.closest('.frame') && !element.classList.contains('frame')) continue;
      const box = element.getBoundingClientRect();
      if (box.width && (box.right > width + 1 || box.left < -1)) wrong.push(`<${element.localName} class="${element.getAttribute('class') ?? ''}"> from ${box.left} to ${box.right}`);
    }
    return wrong;
  },
  light(rgb) {
    const [r, g, b] = rgb.map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  },
  rgb(text) {
    const parts = (text.match(/[\d.]+/g) ?? []).map(Number);
    return /^rgb/.test(text) && (parts[3] ?? 1) === 1 ? parts.slice(0, 3) : null;
  },
  // What a text stands on: the nearest ground below it that is painted.
  ground(element, x, y) {
    for (const below of document.elementsFromPoint(x, y)) {
      const style = getComputedStyle(below);
      const colour = below instanceof SVGElement && below.localName !== 'svg'
        ? (['text', 'tspan'].includes(below.localName) ? null : this.rgb(style.fill))
        : this.rgb(style.backgroundColor);
      if (colour) return colour;
    }
    return this.rgb(getComputedStyle(document.body ?? document.documentElement).backgroundColor);
  },
  contrast() {
    const wrong = []; let count = 0;
    const walker = document.createTreeWalker(document.body ?? document.documentElement, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() && !['style', 'title', 'desc'].includes(parent.localName)) texts.push(parent);
    }
    for (const element of new Set(texts)) {
      if (!element.checkVisibility()) continue;
      element.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
      const box = element.getBoundingClientRect();
      if (!box.width) continue;
      const style = getComputedStyle(element);
      const colour = this.rgb(element instanceof SVGElement ? style.fill : style.color);
      const ground = this.ground(element, box.left + Math.min(box.width / 2, innerWidth / 2), box.top + box.height / 2);
      if (!colour || !ground) { wrong.push(`${element.textContent.slice(0, 40)}: ${style.fill} on ${ground}`); continue; }
      const [a, b] = [this.light(colour), this.light(ground)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      count += 1;
      if (ratio < 4.5) wrong.push(`${element.textContent.slice(0, 40)}: ${colour} on ${ground} is ${ratio.toFixed(2)}`);
    }
    scrollTo(0, 0);
    if (count < 3) wrong.push(`only ${count} texts were looked at`);
    return wrong;
  },
  // Texts stand in their cards and not upon each other.
  texts() {
    const wrong = [];
    for (const card of document.querySelectorAll('.er .card')) {
      const box = card.querySelector('.box').getBoundingClientRect();
      const rows = new Map();
      for (const text of card.querySelectorAll('text')) {
        const own = text.getBoundingClientRect();
        if (own.right > box.right + 0.5 || own.left < box.left) wrong.push(`${card.id}: ${text.textContent} leaves its card by ${own.right - box.right}`);
        const y = text.getAttribute('y');
        for (const [left, right, other] of rows.get(y) ?? []) {
          if (own.left < right && left < own.right) wrong.push(`${card.id}: ${text.textContent} and ${other} meet`);
        }
        rows.set(y, [...rows.get(y) ?? [], [own.left, own.right, text.textContent]]);
      }
    }
    return wrong;
  },
  // No card covers another and no line goes through one.
  lines() {
    const wrong = [], boxes = [];
    for (const card of document.querySelectorAll('.er .card')) {
      const [x, y] = card.getAttribute('transform').match(/-?[\d.]+/g).map(Number);
      const box = card.querySelector('.box');
      boxes.push({id: card.id, x, y, right: x + +box.getAttribute('width'), bottom: y + +box.getAttribute('height')});
    }
    for (const [at, a] of boxes.entries()) for (const b of boxes.slice(at + 1)) {
      if (a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom) wrong.push(`${a.id} covers ${b.id}`);
    }
    for (const line of document.querySelectorAll('.er .link .line:not(.mark)')) {
      const length = line.getTotalLength();
      for (let far = 0; far <= length; far += 5) {
        const at = line.getPointAtLength(far);
        const hit = boxes.find(b => b.x + 1 < at.x && at.x < b.right - 1 && b.y + 1 < at.y && at.y < b.bottom - 1);
        if (hit) { wrong.push(`${line.parentElement.querySelector('title').textContent} goes through ${hit.id}`); break; }
      }
    }
    return wrong;
  },
  // A name that became an element, an image or a script.
  foreign() {
    const own = 'http://www.w3.org/2000/svg', wrong = [];
    for (const element of document.querySelectorAll('script, img, iframe, object, embed, link, form, b')) wrong.push(`<${element.localName}>`);
    for (const element of document.querySelectorAll('*')) {
      for (const attribute of element.attributes) if (/^on/.test(attribute.name)) wrong.push(attribute.name);
    }
    return wrong;
  },
};
