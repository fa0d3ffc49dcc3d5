import ArgumentParser

/// What is added to all times of one input, because its clock was wrong: `NAME=+0.25s`, `NAME=-2m`.
public struct ClockOffsetOption: ExpressibleByArgument, Sendable, CustomStringConvertible {
  /// What help and messages say of the syntax.
  public static let syntax = "NAME=+0.25s or NAME=-2m"

  /// The input, as it is given on the command line.
  public let name: String
  /// What is added to its times.
  public let nanoseconds: Int64

  /// Reads a name, `=`, a sign and a duration; the last `=` separates, so that names may hold some. Nil for anything else: without a sign
  /// it would be anybody's guess which way the times move.
  public init?(argument: String) {
    guard let separator = argument.lastIndex(of: "=") else { return nil }
    let value = argument[argument.index(after: separator)...]
    guard separator > argument.startIndex, let sign = value.first, sign == "+" || sign == "-",
      let duration = DurationOption(argument: String(value.dropFirst()))
    else { return nil }
    name = String(argument[..<separator])
    nanoseconds = sign == "-" ? -Int64(duration.nanoseconds) : Int64(duration.nanoseconds)
  }

  /// The name and the nanoseconds with their sign.
  public var description: String { "\(name)=\(nanoseconds < 0 ? "-" : "+")\(nanoseconds.magnitude)ns" }
}
