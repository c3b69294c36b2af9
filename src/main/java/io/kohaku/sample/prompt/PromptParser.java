package io.kohaku.sample.prompt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads emphasis the way user interfaces do.
 *
 * <p>{@code (words)} weighs 1.1, {@code [words]} 1/1.1, {@code (words:1.5)} 1.5; nested ones
 * multiply; a backslash takes a bracket literally; brackets left open reach to the end; the word
 * {@code BREAK} ends a chunk of tokens.
 */
final class PromptParser {
  private static final double STEP = 1.1;
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\\\[()\\[\\]\\\\]|:\\s*([+-]?[.\\d]+)\\s*\\)|[()\\[\\]]|\\s*\\bBREAK\\b\\s*|.",
          Pattern.DOTALL);

  private final List<Piece> pieces = new ArrayList<>();
  private final Deque<Integer> round = new ArrayDeque<>();
  private final Deque<Integer> square = new ArrayDeque<>();

  private static final class Piece {
    private final StringBuilder text = new StringBuilder();
    private final boolean chunkEnd;
    private double weight = 1;

    private Piece(boolean chunkEnd) {
      this.chunkEnd = chunkEnd;
    }
  }

  private PromptParser() {}

  /** The runs of a prompt, neighbours of equal weight joined; one empty run for an empty prompt. */
  static List<PromptRun> parse(String prompt) {
    PromptParser parser = new PromptParser();
    Matcher tokens = TOKEN.matcher(prompt);
    while (tokens.find()) {
      parser.token(tokens.group(), tokens.group(1));
    }
    parser.round.forEach(start -> parser.multiply(start, STEP));
    parser.square.forEach(start -> parser.multiply(start, 1 / STEP));
    return parser.runs();
  }

  /** The whole prompt literally. */
  static List<PromptRun> literally(String prompt) {
    return List.of(new PromptRun(prompt, 1, false));
  }

  private void token(String token, String weight) {
    if (weight != null && !round.isEmpty() && isNumber(weight)) {
      multiply(round.pop(), Double.parseDouble(weight));
    } else if (token.length() == 2 && token.charAt(0) == '\\') {
      append(token.substring(1));
    } else {
      switch (token.strip()) {
        case "(" -> open(round);
        case "[" -> open(square);
        case ")" -> close(round, STEP, token);
        case "]" -> close(square, 1 / STEP, token);
        case "BREAK" -> pieces.add(new Piece(true));
        default -> append(token);
      }
    }
  }

  private static boolean isNumber(String text) {
    return text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)");
  }

  private void open(Deque<Integer> brackets) {
    pieces.add(new Piece(false));
    brackets.push(pieces.size() - 1);
  }

  private void close(Deque<Integer> brackets, double factor, String token) {
    if (brackets.isEmpty()) {
      append(token);
    } else {
      multiply(brackets.pop(), factor);
    }
  }

  /** Multiplies all pieces from {@code start} on, and starts a new one. */
  private void multiply(int start, double factor) {
    for (Piece piece : pieces.subList(start, pieces.size())) {
      piece.weight *= factor;
    }
    pieces.add(new Piece(false));
  }

  private void append(String text) {
    if (pieces.isEmpty() || pieces.get(pieces.size() - 1).chunkEnd) {
      pieces.add(new Piece(false));
    }
    pieces.get(pieces.size() - 1).text.append(text);
  }

  private List<PromptRun> runs() {
    List<PromptRun> runs = new ArrayList<>();
    for (Piece piece : pieces) {
      PromptRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (piece.chunkEnd) {
        if (last == null || last.breakAfter()) {
          runs.add(new PromptRun("", 1, true));
        } else {
          runs.set(runs.size() - 1, new PromptRun(last.text(), last.weight(), true));
        }
      } else if (last != null && !last.breakAfter() && last.weight() == piece.weight) {
        runs.set(runs.size() - 1, new PromptRun(last.text() + piece.text, piece.weight, false));
      } else if (!piece.text.isEmpty()) {
        runs.add(new PromptRun(piece.text.toString(), piece.weight, false));
      }
    }
    return runs.isEmpty() ? literally("") : runs;
  }
}
