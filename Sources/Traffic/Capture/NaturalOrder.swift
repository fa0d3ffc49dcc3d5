/// Whether a name stands before another in natural order: runs of decimal digits compare as numbers of any length, all else by UTF-8 bytes, so
/// that `a.pcap2` stands before `a.pcap10`; names that are equal by this compare by their bytes alone.
public func naturallyPrecedes(_ a: String, _ b: String) -> Bool {
  let (a, b) = (Array(a.utf8), Array(b.utf8))
  var (i, j) = (0, 0)
  while i < a.count, j < b.count {
    if isDigit(a[i]), isDigit(b[j]) {
      let (one, other) = (number(in: a, from: &i), number(in: b, from: &j))
      if one.count != other.count { return one.count < other.count }
      if !one.elementsEqual(other) { return one.lexicographicallyPrecedes(other) }
    } else {
      if a[i] != b[j] { return a[i] < b[j] }
      i += 1
      j += 1
    }
  }
  if i < a.count || j < b.count { return j < b.count }
  return a.lexicographicallyPrecedes(b)
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

/// The digits at a place without their leading zeros; the place moves behind them.
private func number(in bytes: [UInt8], from place: inout Int) -> ArraySlice<UInt8> {
  while place < bytes.count, bytes[place] == 0x30 { place += 1 }
  let start = place
  while place < bytes.count, isDigit(bytes[place]) { place += 1 }
  return bytes[start..<place]
}
