package io.kohaku.latent.exported;

import io.kohaku.latent.Digests;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Digests what is written on its way; 64 hexadecimal digits. */
final class Sha256Stream extends FilterOutputStream {
  private static final int SOME = 1 << 20;

  private final MessageDigest digest = Digests.sha256();

  Sha256Stream(OutputStream out) {
    super(out);
  }

  /** The digest of a file's bytes. */
  static String of(Path file) throws IOException {
    byte[] some = new byte[SOME];
    MessageDigest digest = Digests.sha256();
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(some); count >= 0; count = in.read(some)) {
        digest.update(some, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void write(int b) throws IOException {
    digest.update((byte) b);
    out.write(b);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    digest.update(bytes, from, count);
    out.write(bytes, from, count);
  }

  /** Of what was written. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
