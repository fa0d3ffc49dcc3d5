import Interchange

/// Figures in the words of sentences.
enum Wording {
  /// Bytes in the largest decimal unit that leaves at least 1, with one decimal.
  static func bytes(_ value: UInt64) -> String {
    var unit: UInt64 = 1
    for name in ["bytes", "kB", "MB", "GB", "TB"] {
      if value < unit.multipliedReportingOverflow(by: 1000).partialValue || name == "TB" {
        return unit == 1 ? "\(value) bytes" : "\(value / unit).\(value % unit / (unit / 10)) \(name)"
      }
      unit *= 1000
    }
    return "\(value) bytes"
  }

  static func count(_ value: UInt64, _ noun: String) -> String { "\(value) \(noun)\(value == 1 ? "" : "s")" }

  static func decimal(_ value: Double, places: Int) -> String {
    if case .number(let text) = JSONValue.decimal(min(value, 1e9), places: places) { text } else { "" }
  }

  static func percent(_ share: Double) -> String { decimal(share * 100, places: 1) + " %" }

  static func seconds(_ nanoseconds: Int64) -> String { decimal(Double(nanoseconds) / 1e9, places: 1) + " s" }

  static func nature(_ service: ServiceKey, _ judged: Service?, weight: Double, _ survey: Survey, factor: Double) -> String {
    var text: String
    if service.port == nil {
      text = "\(service.proto.text) has no ports and so no service of its own"
    } else if let judged, judged.nature != .unknown {
      text = "\(judged.nature.rawValue.replacingUnderscores) (\(judged.app ?? "no name"), known from \(judged.basis.rawValue))"
    } else {
      text = "What it is for is not known"
    }
    text += ", weight \(decimal(weight, places: 2))"
    if factor < 1 {
      text +=
        "; its client touches \(survey.breadth.nodes) of \(survey.breadth.servingNodes) serving nodes on \(count(UInt64(survey.breadth.ports), "different port")) "
        + "by few, small, short connections, as a survey does (factor \(decimal(factor, places: 2)))"
    }
    return text + "."
  }

  static func direction(_ basis: DirectionBasis) -> String {
    switch basis {
    case .handshake: "the handshake"
    case .message: "a request or reply that was recognised"
    case .configured: "the inventory"
    case .opened: "whose packet came first after silence"
    case .degree: "how many peers speak to the port"
    case .registered: "the port being a registered service"
    case .port: "the port numbers alone"
    case .first: "who was seen first"
    }
  }
}

extension String {
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
