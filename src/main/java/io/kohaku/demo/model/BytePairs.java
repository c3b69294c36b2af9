package io.kohaku.demo.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns byte pair merges the way CLIP's vocabulary was made (Sennrich et al. 2016, on bytes).
 *
 * <p>A text is lower-cased and cut into words; each byte of a word is one printable character, the
 * last one marked by {@code </w>}; the most frequent neighbouring pair is merged, again and again.
 * Pairs that are equally frequent are taken in the order of their text.
 */
final class BytePairs {
  private static final Pattern WORD =
      Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+");

  private static final Comparator<Pair> LAST_FIRST =
      Comparator.comparing(Pair::left).thenComparing(Pair::right).reversed();

  private static final List<String> LETTERS = letters();

  private final Map<String, Integer> counts = new TreeMap<>();

  /** Two neighbouring symbols. */
  record Pair(String left, String right) {
    String merged() {
      return left + right;
    }
  }

  private record Word(List<String> symbols, int count) {}

  void read(String text) {
    Matcher words = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (words.find()) {
      counts.merge(words.group(), 1, Integer::sum);
    }
  }

  /**
   * The first {@code count} merges, in the order they are to be applied.
   *
   * @throws IllegalStateException if the texts hold fewer
   */
  List<Pair> merges(int count) {
    List<Word> words = new ArrayList<>();
    counts.forEach((word, times) -> words.add(new Word(symbols(word), times)));
    List<Pair> merges = new ArrayList<>();
    while (merges.size() < count) {
      Pair best = mostFrequent(words);
      merges.add(best);
      words.forEach(word -> merge(word.symbols(), best));
    }
    return merges;
  }

  private Pair mostFrequent(List<Word> words) {
    Map<Pair, Integer> pairs = new HashMap<>();
    for (Word word : words) {
      for (int i = 0; i + 1 < word.symbols().size(); i++) {
        Pair pair = new Pair(word.symbols().get(i), word.symbols().get(i + 1));
        pairs.merge(pair, word.count(), Integer::sum);
      }
    }
    return pairs.entrySet().stream()
        .max(
            Map.Entry.<Pair, Integer>comparingByValue()
                .thenComparing(Map.Entry::getKey, LAST_FIRST))
        .map(Map.Entry::getKey)
        .orElseThrow(
            () ->
                new IllegalStateException("Cannot learn another merge: every word is one symbol"));
  }

  private static void merge(List<String> symbols, Pair pair) {
    for (int i = 0; i + 1 < symbols.size(); i++) {
      if (symbols.get(i).equals(pair.left()) && symbols.get(i + 1).equals(pair.right())) {
        symbols.set(i, pair.merged());
        symbols.remove(i + 1);
      }
    }
  }

  private static List<String> symbols(String word) {
    List<String> symbols = new ArrayList<>();
    for (byte octet : word.getBytes(StandardCharsets.UTF_8)) {
      symbols.add(LETTERS.get(octet & 0xff));
    }
    symbols.set(symbols.size() - 1, symbols.get(symbols.size() - 1) + "</w>");
    return symbols;
  }

  /** The characters of all bytes: printable Latin-1 first, the others from U+0100 on. */
  static List<String> alphabet() {
    return LETTERS.stream().sorted().toList();
  }

  /** A printable character for each byte: itself where it is one, else one from U+0100 on. */
  private static List<String> letters() {
    List<String> letters = new ArrayList<>();
    int invented = 0x100;
    for (int octet = 0; octet < 256; octet++) {
      boolean printable =
          octet >= '!' && octet <= '~' || octet >= 0xa1 && octet <= 0xac || octet >= 0xae;
      letters.add(Character.toString(printable ? octet : invented++));
    }
    return letters;
  }
}
