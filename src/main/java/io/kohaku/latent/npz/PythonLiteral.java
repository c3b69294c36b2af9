package io.kohaku.latent.npz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the part of Python's literals that NumPy's headers are written in: a dictionary of texts,
 * truth values and tuples of whole numbers, spaced in any way.
 *
 * <p>Anything else is an {@link IllegalArgumentException}.
 */
final class PythonLiteral {
  private final String text;
  private int at;

  PythonLiteral(String text) {
    this.text = text;
  }

  /** Puts the entries of the one dictionary that the text is. */
  void dictionary(Map<String, Object> values) {
    expect('{');
    while (!accept('}')) {
      String key = string();
      expect(':');
      values.put(key, value());
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (peek() != 0) {
      throw unexpected();
    }
  }

  private Object value() {
    char next = peek();
    if (next == '\'' || next == '"') {
      return string();
    } else if (next == '(') {
      return tuple();
    } else if (text.startsWith("True", at)) {
      at += "True".length();
      return true;
    } else if (text.startsWith("False", at)) {
      at += "False".length();
      return false;
    }
    throw unexpected();
  }

  private String string() {
    char quote = peek();
    if (quote != '\'' && quote != '"') {
      throw unexpected();
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw unexpected();
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private int[] tuple() {
    List<Integer> numbers = new ArrayList<>();
    expect('(');
    while (!accept(')')) {
      numbers.add(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private int number() {
    peek();
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    int value = Integer.parseInt(text, start, at, 10);
    if (at < text.length() && text.charAt(at) == 'L') {
      at++; // As Python 2 wrote long ones.
    }
    return value;
  }

  private boolean accept(char wanted) {
    if (peek() == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char wanted) {
    if (!accept(wanted)) {
      throw unexpected();
    }
  }

  /** The next letter that is no space, or 0 at the end. */
  private char peek() {
    while (at < text.length() && " \t\n\r\f".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException("Cannot read a literal at " + at);
  }
}
