/// An exact integer written in plain digits: an optional minus, no plus, no leading zeros, no `-0`, within 64 bits.
///
/// `Int64(text)` is not used: it takes `+5`, `007` and `-0`, which differ from what their sender's other tools write,
/// and so mostly tell of a text that was never meant to be a number.
package func exactInteger(_ digits: some Collection<UInt8>) -> Int64? {
  var rest = digits[...]
  let isNegative = rest.first == UInt8(ascii: "-")
  if isNegative { rest = rest.dropFirst() }
  guard let first = rest.first else { return nil }
  if first == UInt8(ascii: "0") { return rest.count == 1 && !isNegative ? 0 : nil }
  var value: Int64 = 0
  for byte in rest {
    guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    let digit = Int64(byte - UInt8(ascii: "0"))
    let (product, over) = value.multipliedReportingOverflow(by: 10)
    let (next, carry) =
      isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
    if over || carry { return nil }
    value = next
  }
  return value
}
