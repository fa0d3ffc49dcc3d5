/// Headers of tunnels around packets and frames.
extension Frames {
  /// A UDP header and these bytes.
  public static func udp(_ source: UInt16, _ destination: UInt16, _ payload: [UInt8]) -> [UInt8] {
    Array(udp(source, destination, payload: payload.count)[..<8]) + payload
  }

  /// GRE (RFC 2890): the fields that are given.
  public static func gre(
    _ type: UInt16, checksum: Bool = false, key: UInt32? = nil, sequence: UInt32? = nil, _ payload: [UInt8]
  ) -> [UInt8] {
    network { header in
      header.number((checksum ? 0x8000 : 0) | (key != nil ? 0x2000 : 0) | (sequence != nil ? 0x1000 : 0) as UInt16)
      header.number(type)
      if checksum { header.number(UInt32(0)) }
      if let key { header.number(key) }
      if let sequence { header.number(sequence) }
      header.raw(payload)
    }
  }

  /// GRE version 1 with PPP (RFC 2637): a sequence number, and an acknowledgment where asked for.
  public static func pptp(acknowledges: Bool = false, _ payload: [UInt8]) -> [UInt8] {
    network { header in
      header.number(acknowledges ? 0x3081 : 0x3001 as UInt16)
      header.number(0x880B as UInt16)
      header.number(UInt16(payload.count))
      header.number(77 as UInt16)
      header.number(1 as UInt32)
      if acknowledges { header.number(1 as UInt32) }
      header.raw(payload)
    }
  }

  /// ERSPAN type II behind GRE.
  public static func erspan2(isCut: Bool = false, _ frame: [UInt8]) -> [UInt8] {
    gre(0x88BE, sequence: 5, [0x10, 1, isCut ? 0x04 : 0, 3, 0, 0, 0, 0] + frame)
  }

  /// ERSPAN type III behind GRE, with its subheader where asked for; kind 0 is Ethernet, 2 IP.
  public static func erspan3(kind: UInt8 = 0, subheader: Bool = false, _ frame: [UInt8]) -> [UInt8] {
    let end = [kind << 2, subheader ? 1 : 0] + [UInt8](repeating: 9, count: subheader ? 8 : 0)
    return gre(0x22EB, sequence: 5, [0x20, 1, 0, 3, 0, 0, 0, 0, 0, 0] + end + frame)
  }

  /// VXLAN with these flags.
  public static func vxlan(_ identifier: UInt32, flags: UInt8 = 0x08, next: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
    [flags, 0, 0, next] + network { $0.number(identifier << 8) } + payload
  }

  /// GENEVE with so many words of options.
  public static func geneve(_ identifier: UInt32, _ type: UInt16, options: Int = 0, _ payload: [UInt8]) -> [UInt8] {
    [UInt8(options), 0] + network { $0.number(type) } + network { $0.number(identifier << 8) }
      + [UInt8](repeating: 0, count: options * 4) + payload
  }

  /// A G-PDU of GTP version 1 with extension headers of so many words each.
  public static func gtpUser(extensions: [UInt8] = [], hasSequence: Bool = false, _ packet: [UInt8]) -> [UInt8] {
    var chain: [UInt8] = []
    if hasSequence || !extensions.isEmpty { chain += [0, 1, 0, extensions.isEmpty ? 0 : 0x85] }
    for (place, words) in extensions.enumerated() {
      chain += [words] + [UInt8](repeating: 0, count: Int(words) * 4 - 2) + [place + 1 < extensions.count ? 0x85 : 0]
    }
    let flags: UInt8 = 0x30 | (extensions.isEmpty ? 0 : 4) | (hasSequence ? 2 : 0)
    return [flags, 0xFF] + network { $0.number(UInt16(truncatingIfNeeded: chain.count + packet.count)) } + [0, 0, 0, 9] + chain + packet
  }

  /// L2TP version 2 with PPP: length, sequence and offset fields where asked for.
  public static func l2tp(length: Bool = false, sequence: Bool = false, offset: UInt16? = nil, _ payload: [UInt8]) -> [UInt8] {
    network { header in
      header.number((length ? 0x4000 : 0) | (sequence ? 0x0800 : 0) | (offset != nil ? 0x0200 : 0) | 2 as UInt16)
      if length { header.number(UInt16(8 + (sequence ? 4 : 0) + (offset.map { Int($0) + 2 } ?? 0) + payload.count)) }
      header.raw([0, 7, 0, 8])
      if sequence { header.raw([0, 1, 0, 0]) }
      if let offset {
        header.number(offset)
        header.raw([UInt8](repeating: 0, count: Int(offset)))
      }
      header.raw(payload)
    }
  }

  /// AYIYA with an identity of 2^n and a signature of so many words; the operation forwards unless another is given.
  public static func ayiya(identity: UInt8 = 4, signature: UInt8 = 5, operation: UInt8 = 1, next: UInt8 = 41, _ packet: [UInt8]) -> [UInt8]
  {
    [identity << 4 | 1, signature << 4 | 2, 0x10 | operation, next, 0, 0, 0, 0]
      + [UInt8](repeating: 3, count: 1 << Int(identity) + Int(signature) * 4) + packet
  }

  /// CAPWAP data: 802.11 where native, else Ethernet; flags are those of the header's fourth byte.
  public static func capwap(isNative: Bool, words: UInt8 = 2, flags: UInt8 = 0, fragmentOffset: UInt16 = 0, _ frame: [UInt8]) -> [UInt8] {
    [0, words << 3, 1 << 1 | (isNative ? 1 : 0), flags, 0, 0] + network { $0.number(fragmentOffset << 3) }
      + [UInt8](repeating: 0, count: Int(words) * 4 - 8) + frame
  }

  /// TZSP with a tagged field, padding and the end of the list.
  public static func tzsp(_ kind: UInt16, _ frame: [UInt8]) -> [UInt8] {
    [1, 0] + network { $0.number(kind) } + [10, 1, 0xD8, 0, 1] + frame
  }

  /// A network service header (RFC 8300).
  public static func serviceHeader(next: UInt8, contextWords: UInt8 = 4, _ payload: [UInt8]) -> [UInt8] {
    [0x0F, 0xC0 | (2 + contextWords), contextWords == 4 ? 1 : 2, next, 0, 0, 1, 255]
      + [UInt8](repeating: 0, count: Int(contextWords) * 4) + payload
  }
}
