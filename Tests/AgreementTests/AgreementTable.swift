/// How often two counts of the same thing agree: by who published the capture and by what was counted.
struct AgreementTable {
  private(set) var cells: [String: [String: (agree: Int, all: Int)]] = [:]
  private(set) var differences: [String: [String]] = [:]

  /// Notes one comparison, or several at once.
  mutating func note(_ quantity: String, maker: String, agree: Int, of all: Int = 1, _ difference: @autoclosure () -> String) {
    var cell = cells[quantity, default: [:]][maker] ?? (0, 0)
    cell = (cell.agree + agree, cell.all + all)
    cells[quantity, default: [:]][maker] = cell
    if agree < all { differences[quantity, default: []].append(difference()) }
  }

  func total(_ quantity: String) -> (agree: Int, all: Int) {
    cells[quantity, default: [:]].values.reduce((0, 0)) { ($0.0 + $1.agree, $0.1 + $1.all) }
  }

  /// The whole table as text, every difference beneath it.
  var text: String {
    var text = ""
    for (quantity, makers) in cells.sorted(by: { $0.key < $1.key }) {
      let total = total(quantity)
      text += "\(quantity): \(total.agree) of \(total.all)\n"
      for (maker, cell) in makers.sorted(by: { $0.key < $1.key }) { text += "    \(maker): \(cell.agree) of \(cell.all)\n" }
      for difference in differences[quantity, default: []].sorted() { text += "  differs: \(difference)\n" }
    }
    return text
  }
}
