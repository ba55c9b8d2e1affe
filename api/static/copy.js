// Copies the text of the element that a button's data-copy names. Where the page
// may not use the clipboard, the text is selected, so that Ctrl+C copies it.
document.addEventListener("click", function (event) {
  var button = event.target.closest("[data-copy]");
  var line = button && document.getElementById(button.dataset.copy);
  if (!line) return;
  function selectLine() {
    var range = document.createRange();
    range.selectNodeContents(line);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand && document.execCommand("copy");
  }
  function say(done) {
    button.textContent = done ? button.dataset.done : button.dataset.selected;
  }
  if (navigator.clipboard && window.isSecureContext) {
    navigator.clipboard.writeText(line.textContent.trim()).then(function () { say(true); }, function () { say(selectLine()); });
  } else {
    say(selectLine());
  }
});
