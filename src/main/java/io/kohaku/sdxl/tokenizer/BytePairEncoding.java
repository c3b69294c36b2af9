package io.kohaku.sdxl.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * CLIP's byte pair encoding of one word: its UTF-8 bytes as letters, the last one marked, merged
 * pair by pair in the order in which the pairs were learnt.
 */
final class BytePairEncoding {
  static final String WORD_END = "</w>";

  private static final int REMEMBERED_WORDS = 50_000;
  private static final String[] LETTERS = letters();

  private final Map<String, Integer> vocabulary;
  private final Map<Pair, Integer> ranks;
  private final int unknown;
  private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

  /** Two neighbours that merge into one. */
  record Pair(String left, String right) {}

  /**
   * An encoding.
   *
   * @param vocabulary id of each piece
   * @param merges the pairs, the first learnt first
   * @param unknown the id of a piece that is not in the vocabulary
   */
  BytePairEncoding(Map<String, Integer> vocabulary, List<Pair> merges, int unknown) {
    this.vocabulary = Map.copyOf(vocabulary);
    this.unknown = unknown;
    this.ranks = new HashMap<>();
    for (int rank = 0; rank < merges.size(); rank++) {
      ranks.putIfAbsent(merges.get(rank), rank);
    }
  }

  /** The ids of one word without white space. */
  int[] encode(String word) {
    int[] known = remembered.get(word);
    if (known != null) {
      return known;
    }
    int[] ids =
        merge(pieces(word)).stream()
            .mapToInt(piece -> vocabulary.getOrDefault(piece, unknown))
            .toArray();
    if (remembered.size() < REMEMBERED_WORDS) {
      remembered.put(word, ids);
    }
    return ids;
  }

  /** The largest id that a word may be given. */
  int largestId() {
    Stream<String> letters = Arrays.stream(LETTERS).flatMap(one -> Stream.of(one, one + WORD_END));
    Stream<String> merged = ranks.keySet().stream().map(pair -> pair.left() + pair.right());
    return Stream.concat(letters, merged)
        .mapToInt(piece -> vocabulary.getOrDefault(piece, unknown))
        .max()
        .orElse(unknown);
  }

  private static List<String> pieces(String word) {
    List<String> pieces = new ArrayList<>();
    for (byte octet : word.getBytes(StandardCharsets.UTF_8)) {
      pieces.add(LETTERS[octet & 0xff]);
    }
    int last = pieces.size() - 1;
    pieces.set(last, pieces.get(last) + WORD_END);
    return pieces;
  }

  private List<String> merge(List<String> word) {
    List<String> pieces = word;
    while (pieces.size() > 1) {
      Pair first = firstLearnt(pieces);
      if (first == null) {
        break;
      }
      List<String> merged = new ArrayList<>(pieces.size());
      for (int i = 0; i < pieces.size(); i++) {
        if (i + 1 < pieces.size()
            && pieces.get(i).equals(first.left())
            && pieces.get(i + 1).equals(first.right())) {
          merged.add(first.left() + first.right());
          i++;
        } else {
          merged.add(pieces.get(i));
        }
      }
      pieces = merged;
    }
    return pieces;
  }

  private Pair firstLearnt(List<String> pieces) {
    Pair first = null;
    int lowest = Integer.MAX_VALUE;
    for (int i = 0; i + 1 < pieces.size(); i++) {
      Pair pair = new Pair(pieces.get(i), pieces.get(i + 1));
      Integer rank = ranks.get(pair);
      if (rank != null && rank < lowest) {
        lowest = rank;
        first = pair;
      }
    }
    return first;
  }

  /** A printable letter for each byte: itself where it is one, else one from 256 upwards. */
  private static String[] letters() {
    String[] letters = new String[256];
    int next = 256;
    for (int octet = 0; octet < letters.length; octet++) {
      boolean printable =
          octet >= '!' && octet <= '~' || octet >= 0xa1 && octet <= 0xac || octet >= 0xae;
      letters[octet] = Character.toString(printable ? octet : next++);
    }
    return letters;
  }
}
