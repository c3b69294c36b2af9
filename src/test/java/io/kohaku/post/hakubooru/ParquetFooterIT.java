package io.kohaku.post.hakubooru;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.select.SelectStage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.UUIDType;
import org.apache.parquet.format.Util;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parquet files whose footers are right, but that cannot be read. */
class ParquetFooterIT {
  private static final int END = 8;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void table() throws IOException {
    LocalSpark.session()
        .range(0, 1000, 1, 1)
        .selectExpr("id", "id % 7 as few")
        .write()
        .parquet(folder.resolve("table").toString());
    try (var all = Files.list(folder.resolve("table"))) {
      file = all.filter(path -> path.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  private int footer(byte[] bytes) {
    int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - END);
    return bytes.length - END - length;
  }

  /** Writes the file with another footer. */
  private void change(Consumer<FileMetaData> change, String... fromTo) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = footer(bytes);
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(bytes, start, bytes.length - END - start));
    change.accept(footer);
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, changed);
    byte[] written = changed.toByteArray();
    if (fromTo.length > 0) {
      String text = new String(written, StandardCharsets.ISO_8859_1);
      assertThat(text).containsOnlyOnce(fromTo[0]);
      written = text.replace(fromTo[0], fromTo[1]).getBytes(StandardCharsets.ISO_8859_1);
    }
    ByteBuffer all =
        ByteBuffer.allocate(start + written.length + END).order(ByteOrder.LITTLE_ENDIAN);
    all.put(bytes, 0, start).put(written).putInt(written.length);
    all.put(bytes, bytes.length - END / 2, END / 2);
    Files.write(file, all.array());
  }

  private ParquetTable open() throws IOException {
    return ParquetTable.open(
        LocalSpark.session(),
        new org.apache.hadoop.fs.Path(folder.resolve("table").toUri()),
        List.of("id", "few"),
        List.of());
  }

  @Test
  void aCodecThatIsNotAtHandIsNamed() throws IOException {
    change(
        footer ->
            footer
                .getRow_groups()
                .get(0)
                .getColumns()
                .get(1)
                .getMeta_data()
                .setCodec(CompressionCodec.BROTLI));
    assertThatThrownBy(this::open)
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot read file:%s as a Parquet table: it is compressed by brotli, which is not at hand (write it with zstd or snappy)"
                .formatted(file));
    for (CompressionCodec known :
        new CompressionCodec[] {
          CompressionCodec.ZSTD,
          CompressionCodec.LZ4_RAW,
          CompressionCodec.LZ4,
          CompressionCodec.GZIP,
          CompressionCodec.UNCOMPRESSED
        }) {
      change(
          footer ->
              footer
                  .getRow_groups()
                  .get(0)
                  .getColumns()
                  .forEach(column -> column.getMeta_data().setCodec(known)));
      FileSystem local = FileSystem.getLocal(new Configuration());
      assertThat(
              ParquetFiles.of(
                  new org.apache.hadoop.fs.Path(folder.resolve("table").toUri()), local))
          .hasSize(1);
    }
  }

  @Test
  void aTypeThatIsTooYoungIsNamedWithItsColumn() throws IOException {
    // The number of a UUID's type is 14; that of a float of 16 bits, which the reader lacks, is 15.
    change(
        footer -> footer.getSchema().get(2).setLogicalType(LogicalType.UUID(new UUIDType())),
        "\u00ec\0\0",
        "\u00fc\0\0");
    assertThatThrownBy(this::open)
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot read file:%s as a Parquet table: its column few has a type that Spark does not know, such as float16 (write it with another type)"
                .formatted(file));
  }

  @Test
  void aDamagedPageIsTheFilesFault() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (byte wrong : new byte[] {0, 0x5a, (byte) 0xff}) {
      byte[] bytes = whole.clone();
      Arrays.fill(bytes, 4, footer(bytes), wrong);
      Files.write(file, bytes);
      assertThatThrownBy(
              () -> SelectStage.reading(() -> open().numbers("id", "few").collectAsList()))
          .isInstanceOf(UnusableFileException.class)
          .hasMessage(
              "Cannot read file://%s as a Parquet table: it is damaged (fetch it again)"
                  .formatted(file));
    }
    Files.write(file, whole);
    assertThat(SelectStage.reading(() -> open().numbers("id", "few").count())).isEqualTo(1000);
  }

  @Test
  void aFailureOfTheNetworkIsNot() {
    String message = "Encountered error while reading file s3a://b/x.parquet. Details:";
    for (Exception cause :
        new Exception[] {
          new SocketException("reset"),
          new FileNotFoundException("x"),
          new InterruptedIOException("x"),
          new IOException("x", new UnknownHostException("b")),
          ofTheDisk()
        }) {
      assertThat(DamagedParquet.in(new RuntimeException(new SparkException(message, cause))))
          .as(cause.toString())
          .isEmpty();
    }
    assertThat(
            DamagedParquet.in(
                new RuntimeException(
                    new SparkException(message, new IOException(new EOFException())))))
        .get()
        .extracting(Throwable::getMessage)
        .isEqualTo(
            "Cannot read s3a://b/x.parquet as a Parquet table: it is damaged (fetch it again)");
    assertThat(DamagedParquet.in(new IOException("No space left on device"))).isEmpty();
  }

  private static IOException ofTheDisk() {
    IOException failure = new IOException("Input/output error");
    failure.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("java.io.FileInputStream", "readBytes", "FileInputStream.java", 1)
        });
    return failure;
  }
}
