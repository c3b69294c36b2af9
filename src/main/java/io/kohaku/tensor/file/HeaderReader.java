package io.kohaku.tensor.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the JSON of a safetensors header and tells precisely what is wrong with it. */
final class HeaderReader {
  private static final int MAX_DIMENSIONS = 64;
  private static final int MAX_NESTING = 16;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxStringLength(SafeTensors.MAX_HEADER)
                  .build())
          .build();

  private final JsonParser json;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  private HeaderReader(JsonParser json) {
    this.json = json;
  }

  /** What a header says, before the offsets are compared with each other and the file. */
  record Header(Map<String, String> metadata, Map<String, TensorInfo> tensors) {}

  /**
   * Parses {@code text}; an {@link IllegalArgumentException} says what is wrong, without the file.
   */
  static Header read(Reader text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      HeaderReader reader = new HeaderReader(json);
      reader.readAll();
      return new Header(reader.metadata, reader.tensors);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("header (must be UTF-8)", e);
    } catch (StreamConstraintsException e) {
      throw new IllegalArgumentException("header (%s)".formatted(e.getOriginalMessage()), e);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(
          "header (must be JSON: %s at character %s)"
              .formatted(e.getOriginalMessage(), e.getLocation().getCharOffset()),
          e);
    }
  }

  private void readAll() throws IOException {
    expect(JsonToken.START_OBJECT, json.nextToken(), "header (must be a JSON object)");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = checked(json.currentName());
      if (name.equals(SafeTensors.METADATA)) {
        readMetadata();
      } else {
        tensors.put(name, readTensor(name));
      }
    }
    if (json.nextToken() != null) {
      throw new IllegalArgumentException("header (nothing may follow the JSON object)");
    }
  }

  private void readMetadata() throws IOException {
    String rule = SafeTensors.METADATA + " (must be an object of texts)";
    if (json.nextToken() == JsonToken.VALUE_NULL) {
      return; // as the safetensors library reads it: no texts
    }
    expect(JsonToken.START_OBJECT, json.currentToken(), rule);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = checked(json.currentName());
      expect(
          JsonToken.VALUE_STRING,
          json.nextToken(),
          "%s entry %s (must be a text)".formatted(SafeTensors.METADATA, shown(name)));
      metadata.put(name, checked(json.getText()));
    }
  }

  private TensorInfo readTensor(String name) throws IOException {
    String tensor = "tensor " + shown(name);
    expect(JsonToken.START_OBJECT, json.nextToken(), tensor + " (must be an object)");
    Dtype dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      switch (field) {
        case "dtype" -> dtype = dtype(tensor, value);
        case "shape" -> shape = numbers(tensor + " shape", value, MAX_DIMENSIONS);
        case "data_offsets" -> offsets = numbers(tensor + " data_offsets", value, 2);
        default -> json.skipChildren();
      }
    }
    require(dtype != null, tensor + " (dtype is missing)");
    require(shape != null, tensor + " (shape is missing)");
    require(offsets != null, tensor + " (data_offsets is missing)");
    require(offsets.length == 2, tensor + " data_offsets (must be two numbers)");
    return new TensorInfo(name, dtype, shape, offsets[0], offsets[1]);
  }

  private Dtype dtype(String tensor, JsonToken value) throws IOException {
    expect(JsonToken.VALUE_STRING, value, tensor + " dtype (must be a text)");
    String name = json.getText();
    return Dtype.named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s dtype %s (one of %s)"
                        .formatted(tensor, shown(name), Arrays.toString(Dtype.values()))));
  }

  private long[] numbers(String what, JsonToken value, int most) throws IOException {
    expect(JsonToken.START_ARRAY, value, what + " (must be a list of whole numbers)");
    long[] numbers = new long[most];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(
          json.currentToken() == JsonToken.VALUE_NUMBER_INT
              && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
              && json.getLongValue() >= 0,
          "%s %s (must be whole numbers from 0 to 2^63-1)".formatted(what, shown(json.getText())));
      require(count < most, "%s (at most %s numbers)".formatted(what, most));
      numbers[count++] = json.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  /** Texts with half of a surrogate pair are no Unicode texts. */
  private static String checked(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        require(
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1)),
            "text %s (must be Unicode)".formatted(shown(text)));
        i++;
      }
    }
    return text;
  }

  private static void expect(JsonToken expected, JsonToken token, String problem) {
    require(token == expected, problem);
  }

  private static void require(boolean right, String problem) {
    if (!right) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** A name from a foreign file as a message shows it: short and printable. */
  static String shown(String name) {
    String printable = name.replaceAll("\\p{Cntrl}", "?");
    return "'" + (printable.length() > 120 ? printable.substring(0, 120) + "…" : printable) + "'";
  }
}
