const SVG = "http://www.w3.org/2000/svg"

function element(name, className, text) {
  const made = document.createElement(name)
  made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function histogram(counts) {
  const most = Math.max(...counts, 1)
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", "picture")
  svg.setAttribute("viewBox", `0 0 ${counts.length} 46`)
  svg.setAttribute("preserveAspectRatio", "none")
  counts.forEach((count, place) => {
    const bar = document.createElementNS(SVG, "rect")
    const height = count ? Math.max(1.5, (46 * count) / most) : 0
    bar.setAttribute("x", place + 0.06)
    bar.setAttribute("y", 46 - height)
    bar.setAttribute("width", 0.88)
    bar.setAttribute("height", height)
    svg.append(bar)
  })
  return svg
}

function frequent(tops) {
  const box = element("div", "tops")
  for (const [label, share] of tops) {
    const line = element("div", "top")
    const bar = element("i", "")
    bar.style.width = `${Math.max(1, 100 * share)}%`
    line.append(bar, element("span", "", label))
    box.append(line)
  }
  return box
}

function card(column) {
  const button = element("button", "column")
  button.type = "button"
  button.setAttribute("aria-label", column.text)
  button.title = column.text
  const type = element("div", "small type")
  type.append(element("span", "", column.type))
  if (column.findings) type.append(element("span", column.severity, column.findings))
  const quality = element("div", "quality")
  for (const part of ["fit", "misfit"]) {
    const bar = element("div", part)
    bar.style.width = `${100 * column[part]}%`
    quality.append(bar)
  }
  button.append(
    element("div", "name", column.name),
    type,
    column.counts.length ? histogram(column.counts) : frequent(column.tops),
    quality,
    element("div", "small", column.note),
  )
  return button
}

function move(buttons, place) {
  buttons.forEach((button, other) => (button.tabIndex = other === place ? 0 : -1))
  buttons[place].focus()
  buttons[place].scrollIntoView({ block: "nearest", inline: "nearest" })
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const strip = parentElement.querySelector(".strip")
  const left = strip.scrollLeft
  const focused = [...strip.children].indexOf(parentElement.activeElement)
  strip.setAttribute("aria-label", data.label)
  const buttons = data.columns.map(card)
  const current = Math.max(0, data.columns.findIndex((column) => column.name === data.selected))
  buttons.forEach((button, place) => {
    button.tabIndex = place === current ? 0 : -1
    button.setAttribute("aria-pressed", String(data.columns[place].name === data.selected))
    button.onclick = () => setTriggerValue("clicked", data.columns[place].name)
    button.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
      const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? (step && place + step)
      if (to === undefined || to < 0 || to >= buttons.length) return
      event.preventDefault()
      move(buttons, to)
    }
  })
  strip.replaceChildren(...buttons)
  strip.scrollLeft = left
  if (focused >= 0 && buttons[focused]) buttons[focused].focus({ preventScroll: true })
}
