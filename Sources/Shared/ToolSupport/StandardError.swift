import Glibc

/// Writes text to standard error at once, without a buffer.
///
/// Unsafe: the system reads through a pointer; bound: the text's own length.
func writeToStandardError(_ text: String) {
  var text = text
  text.withUTF8 { bytes in _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
}
