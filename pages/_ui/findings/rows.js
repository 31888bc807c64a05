function element(name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function tick(item, send) {
  const box = element("input")
  box.type = "checkbox"
  box.checked = item.ticked
  box.disabled = !item.fixable
  box.title = item.fixable ? "" : "No step is offered for it"
  box.setAttribute("aria-label", `Select: ${item.text}`)
  box.onchange = () => send("ticked", { id: item.id, on: box.checked })
  return box
}

function row(item, opened, ticks, send) {
  const line = element("li", "row")
  if (item.id === opened) line.classList.add("opened")
  if (ticks) line.append(tick(item, send))
  const button = element("button", "open")
  button.type = "button"
  button.dataset.id = item.id
  button.setAttribute("aria-pressed", String(item.id === opened))
  button.setAttribute("aria-label", item.text)
  button.title = item.message
  const head = element("span", "head")
  head.append(element("span", `severity ${item.severity}`, item.word), element("span", "title", item.title))
  if (item.where) head.append(element("span", "where", item.where))
  const figures = element("span", "figures")
  const bar = element("span", "bar")
  const part = element("i")
  part.className = item.severity
  part.style.width = `${Math.max(2, 100 * item.share)}%`
  bar.append(part)
  figures.append(element("span", "count", item.count), bar)
  button.append(head, figures)
  button.onclick = () => send("opened", item.id)
  line.append(button)
  return line
}

function move(buttons, place) {
  if (buttons[place]) buttons[place].focus()
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const list = parentElement.querySelector(".findings")
  const top = list.scrollTop
  const active = parentElement.activeElement ?? parentElement.ownerDocument?.activeElement
  const focused = active?.dataset?.id
  list.setAttribute("aria-label", data.label)
  const parts = []
  for (const group of data.groups) {
    if (group.title) parts.push(element("h3", "group", group.title))
    const items = element("ul")
    items.append(...group.items.map((item) => row(item, data.opened, data.ticks, setTriggerValue)))
    parts.push(items)
  }
  list.replaceChildren(...parts)
  list.scrollTop = top
  const buttons = [...list.querySelectorAll("button.open")]
  buttons.forEach((button, place) => {
    button.onkeydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (!step) return
      event.preventDefault()
      move(buttons, place + step)
    }
    if (focused && button.dataset.id === focused) button.focus({ preventScroll: true })
  })
}
