function element(name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function square(cell, selected, send) {
  const box = element("td")
  if (!cell) return box
  const button = element("button", cell.severity, cell.label)
  button.type = "button"
  button.title = cell.text
  button.dataset.id = cell.id
  button.style.setProperty("--share", `${cell.shade}%`)
  button.setAttribute("aria-label", cell.text)
  button.setAttribute("aria-pressed", String(cell.id === selected))
  button.onclick = () => send("opened", cell.id)
  box.append(button)
  return box
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const box = parentElement.querySelector(".map")
  const place = [box.scrollTop, box.scrollLeft]
  const active = parentElement.activeElement ?? parentElement.ownerDocument?.activeElement
  const focused = active?.dataset?.id
  box.setAttribute("aria-label", data.label)
  const table = element("table")
  const head = element("thead")
  const first = element("tr")
  const corner = element("th", "", "Column")
  corner.scope = "col"
  corner.style.textAlign = "left"
  first.append(corner)
  for (const kind of data.kinds) {
    const heading = element("th", "", kind)
    heading.scope = "col"
    first.append(heading)
  }
  head.append(first)
  const body = element("tbody")
  for (const row of data.rows) {
    const line = element("tr")
    const name = element("th", "", row.name)
    name.scope = "row"
    name.title = row.name
    line.append(name, ...row.cells.map((cell) => square(cell, data.selected, setTriggerValue)))
    body.append(line)
  }
  table.append(head, body)
  box.replaceChildren(table)
  box.scrollTop = place[0]
  box.scrollLeft = place[1]
  if (focused) [...box.querySelectorAll("button")].find((b) => b.dataset.id === focused)?.focus({ preventScroll: true })
}
