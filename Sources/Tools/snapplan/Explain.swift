import ArgumentParser
import ContentDigests
import Interchange
import Planning
import ToolSupport

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print a manifest for a person: what, why, in which order.")

  @Argument(help: ArgumentHelp("The manifest; - is standard input.", valueName: "manifest"))
  var manifest = "-"

  @OptionGroup var common: CommonOptions

  func run() throws {
    try runTool(common.diagnostics(tool: "snapplan")) {
      let sealed = try reading(manifest) { (bytes) throws(DocumentError) in
        guard bytes.last == 0x0A else {
          throw DocumentError(at: .byte(bytes.count), found: "the end of the text", expected: "a newline before it")
        }
        return try SealedManifest(sealed: bytes)
      }
      try common.write(Array(printable(ManifestText(sealed).text).utf8))
      return .done
    }
  }
}
