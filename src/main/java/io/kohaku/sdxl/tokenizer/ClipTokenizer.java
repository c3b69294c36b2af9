package io.kohaku.sdxl.tokenizer;

import io.kohaku.input.UnusableFileException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * CLIP's tokenizer: text to token ids.
 *
 * <p>Text is brought to Unicode's form C, its white space collapsed, its letters lowered one by
 * one; then it is cut into English endings, runs of letters, single digits and runs of anything
 * else, and each piece is byte-pair encoded. The names of the two special tokens stand for
 * themselves. Several threads may encode at once.
 */
public final class ClipTokenizer {
  private static final String BEGIN = "<|startoftext|>";
  private static final String END = "<|endoftext|>";
  private static final Pattern SPECIAL =
      Pattern.compile(Pattern.quote(BEGIN) + "|" + Pattern.quote(END));
  private static final Pattern SPACE = Pattern.compile("\\p{IsWhite_Space}+");
  private static final Pattern PIECE =
      Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}]+");

  private final BytePairEncoding encoding;
  private final int beginToken;
  private final int endToken;

  private ClipTokenizer(TokenizerFiles files, Path folder) {
    this.beginToken = special(files.vocabulary(), BEGIN, folder);
    this.endToken = special(files.vocabulary(), END, folder);
    this.encoding = new BytePairEncoding(files.vocabulary(), files.merges(), endToken);
  }

  /**
   * Reads a tokenizer.
   *
   * @param folder holds {@code vocab.json} and {@code merges.txt}, or {@code tokenizer.json}
   */
  public static ClipTokenizer open(Path folder) {
    return new ClipTokenizer(TokenizerFiles.read(folder), folder);
  }

  /** The id that begins every row. */
  public int beginToken() {
    return beginToken;
  }

  /** The id that ends every text. */
  public int endToken() {
    return endToken;
  }

  /** The largest id that a row may hold. */
  public int largestId() {
    return Math.max(encoding.largestId(), Math.max(beginToken, endToken));
  }

  /** The ids of {@code text}, without those that begin and end a row. */
  public int[] encode(String text) {
    IntStream.Builder ids = IntStream.builder();
    Matcher special = SPECIAL.matcher(text);
    int from = 0;
    while (special.find()) {
      encodePlain(text.substring(from, special.start()), ids);
      ids.add(special.group().equals(BEGIN) ? beginToken : endToken);
      from = special.end();
    }
    encodePlain(text.substring(from), ids);
    return ids.build().toArray();
  }

  private void encodePlain(String text, IntStream.Builder ids) {
    Matcher piece = PIECE.matcher(normalized(text));
    while (piece.find()) {
      Arrays.stream(encoding.encode(piece.group())).forEach(ids::add);
    }
  }

  /** Letters are lowered one by one: the reference knows no final sigma. */
  private static String normalized(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    StringBuilder lowered = new StringBuilder(composed.length());
    SPACE
        .matcher(composed)
        .replaceAll(" ")
        .codePoints()
        .forEach(point -> lowered.append(Character.toString(point).toLowerCase(Locale.ROOT)));
    return lowered.toString();
  }

  private static int special(Map<String, Integer> vocabulary, String name, Path folder) {
    Integer id = vocabulary.get(name);
    if (id == null) {
      throw new UnusableFileException("Missing token: %s in %s".formatted(name, folder));
    }
    return id;
  }
}
