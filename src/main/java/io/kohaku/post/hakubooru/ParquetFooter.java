package io.kohaku.post.hakubooru;

import io.kohaku.files.NamedPath;
import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** What the end of a Parquet file says of its columns. */
record ParquetFooter(Path file, MessageType schema) {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /**
   * Reads the end of a file.
   *
   * @throws UnusableFileException if the file is no Parquet, is cut off, or packed by a codec that
   *     is not at hand
   */
  static ParquetFooter of(FileStatus file, FileSystem system) throws IOException {
    try (FSDataInputStream in = NamedPath.reading(system).open(file.getPath())) {
      Appearance seen = Appearance.of(in);
      if (seen != Appearance.PARQUET) {
        throw UnusableFileException.of(file.getPath(), "a Parquet table", seen);
      }
      in.seek(file.getLen() - MAGIC.length);
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw unusable(file, "its end is missing (fetch it again)", null);
      }
    }
    ParquetMetadata footer = read(file, system);
    requireCodecs(file, footer, system.getConf());
    return new ParquetFooter(file.getPath(), footer.getFileMetaData().getSchema());
  }

  /** How the file keeps some columns, by name, for whatever Spark tells apart. */
  SortedMap<String, String> types(Collection<String> columns) {
    SortedMap<String, String> types = new TreeMap<>();
    for (Type type : schema.getFields()) {
      String name = type.getName().toLowerCase(Locale.ROOT);
      if (columns.contains(name)) {
        types.put(name, written(type));
      }
    }
    return types;
  }

  private static String written(Type type) {
    return type.isPrimitive()
        ? "%s %s %s"
            .formatted(
                type.asPrimitiveType().getPrimitiveTypeName(),
                type.asPrimitiveType().getTypeLength(),
                type.getLogicalTypeAnnotation())
        : type.toString();
  }

  private static void requireCodecs(FileStatus file, ParquetMetadata footer, Configuration hadoop) {
    footer.getBlocks().stream()
        .flatMap(block -> block.getColumns().stream())
        .map(column -> column.getCodec())
        .distinct()
        .filter(codec -> isMissing(codec, hadoop))
        .findFirst()
        .ifPresent(
            codec -> {
              throw unusable(
                  file,
                  "it is compressed by %s, which is not at hand (write it with zstd or snappy)"
                      .formatted(codec.name().toLowerCase(Locale.ROOT)),
                  null);
            });
  }

  private static boolean isMissing(CompressionCodecName codec, Configuration hadoop) {
    String name = codec.getHadoopCompressionCodecClassName();
    return name != null && hadoop.getClassByNameOrNull(name) == null;
  }

  /** Parquet throws all kinds of exceptions at a footer that is none. */
  private static ParquetMetadata read(FileStatus file, FileSystem system) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromStatus(file, system.getConf()),
            ParquetReadOptions.builder().build())) {
      return reader.getFooter();
    } catch (IOException | RuntimeException e) {
      if (e instanceof IOException && !String.valueOf(e.getMessage()).startsWith("can not read")) {
        throw e;
      }
      Optional<String> column = unknownType(file, system);
      if (column.isPresent()) {
        String problem = "its column %s has a type that Spark does not know, such as float16";
        throw unusable(file, problem.formatted(column.get()) + " (write it with another type)", e);
      }
      throw unusable(file, "its footer is damaged (fetch it again)", e);
    }
  }

  /** A column whose type is younger than the reader. */
  private static Optional<String> unknownType(FileStatus file, FileSystem system) {
    try (FSDataInputStream in = NamedPath.reading(system).open(file.getPath())) {
      long end = file.getLen() - MAGIC.length - Integer.BYTES;
      in.seek(end);
      byte[] length = in.readNBytes(Integer.BYTES);
      in.seek(end - ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt());
      byte[] bytes = in.readNBytes((int) (end - in.getPos()));
      return Util.readFileMetaData(new ByteArrayInputStream(bytes)).getSchema().stream()
          .filter(
              element ->
                  element.isSetLogicalType() && element.getLogicalType().getSetField() == null)
          .map(SchemaElement::getName)
          .findFirst();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static UnusableFileException unusable(FileStatus file, String problem, Exception cause) {
    return new UnusableFileException(
        "Cannot read %s as a Parquet table: %s".formatted(file.getPath(), problem), cause);
  }
}
