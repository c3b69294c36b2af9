package io.kohaku.post.json;

import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.unpack.StoredBytes;
import io.kohaku.post.unpack.UnknownPackingException;
import io.kohaku.post.unpack.Unpacking;
import java.io.IOException;
import java.io.InputStream;

/** The texts of posts in a file that is packed, or an array. */
final class UnpackedTexts implements JsonTexts {
  private final String file;
  private final StoredBytes stored;
  private final Unpacking unpacking;
  private final int longest;
  private JsonTexts current;

  /**
   * Reads a file.
   *
   * @param stored its bytes as they lie in the store
   * @param packed the same, or what a codec makes of them
   * @param longest of a longer text only the start is kept
   */
  UnpackedTexts(String file, StoredBytes stored, InputStream packed, int longest)
      throws IOException {
    this.file = file;
    this.stored = stored;
    this.unpacking = new Unpacking(file, packed);
    this.longest = longest;
    this.current = new LineReader(InputStream.nullInputStream(), 0, Long.MAX_VALUE, longest);
  }

  @Override
  public boolean next() throws IOException {
    try {
      while (!current.next()) {
        if (!unpacking.next()) {
          return false;
        }
        current = open();
      }
      return true;
    } catch (UnusableFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (stored.failed()) {
        throw e;
      }
      String why =
          e.getMessage() == null ? "unexpected end" : e.getMessage().lines().findFirst().orElse("");
      String advice =
          e instanceof UnknownPackingException
              ? "unpack it: 7z x"
              : "it is cut off or damaged: fetch it again";
      throw new UnusableFileException(
          "Cannot read %s after line %s: %s (%s)".formatted(file + within(), count(), why, advice),
          e);
    }
  }

  private JsonTexts open() throws IOException {
    return switch (JsonForm.of(unpacking.head())) {
      case VALUES -> new ValueReader(unpacking.text(), longest);
      case OTHER ->
          throw UnusableFileException.of(
              file + unpacking.name(), "posts", Appearance.of(unpacking.head()));
      default -> new LineReader(unpacking.text(), 0, Long.MAX_VALUE, longest);
    };
  }

  @Override
  public String within() {
    return unpacking.name();
  }

  @Override
  public byte[] buffer() {
    return current.buffer();
  }

  @Override
  public int start() {
    return current.start();
  }

  @Override
  public int length() {
    return current.length();
  }

  @Override
  public long count() {
    return current.count();
  }

  @Override
  public boolean tooLong() {
    return current.tooLong();
  }

  @Override
  public boolean blank() {
    return current.blank();
  }

  @Override
  public void close() throws IOException {
    unpacking.close();
  }
}
