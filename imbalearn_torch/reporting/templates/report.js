
"use strict";
// Without this script the page is the same, but tables cannot be sorted and the command is copied by hand.

const collator = new Intl.Collator("en", { numeric: true });

function valueOf(row, column, isNumber) {
  const cell = row.cells[column];
  const value = cell.dataset.value;
  if (value === undefined) return cell.textContent;
  return value === "" ? null : isNumber ? Number(value) : cell.textContent;
}

function compare(one, other) {
  return typeof one === "number" ? one - other : collator.compare(one, other);
}

function sortBy(table, header) {
  const column = header.cellIndex;
  const direction = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  const sign = direction === "ascending" ? 1 : -1;
  const isNumber = header.classList.contains("number");
  const rows = Array.from(table.tBodies[0].rows, (row) => ({ row, value: valueOf(row, column, isNumber) }));
  // What has no value comes last in both directions.
  rows.sort((a, b) => a.value === null || b.value === null
    ? (a.value === null) - (b.value === null)
    : sign * compare(a.value, b.value));
  for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", direction);
  table.tBodies[0].append(...rows.map(({ row }) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sortBy(table, header));
    header.append(button);
  }
}

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    select(element);  // so that the keyboard can copy it, where the browser does not
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(document.getElementById(button.dataset.copies));
    button.parentElement.querySelector("[role=status]").textContent = done ? "Copied." : "Press Ctrl+C to copy.";
  });
}
