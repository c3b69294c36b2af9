package io.kohaku.latent;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.util.Locale;
import java.util.function.Function;

/**
 * The columns that describe a latent wherever one is listed, in tables as in the store's own files:
 * their names, in the tables' order, and the way from and to {@link StoredLatent}.
 */
public enum LatentColumn {
  /** The post. */
  ID(Type.LONG, latent -> latent.origin().id()),
  /** {@code <width>x<height>}. */
  BUCKET(Type.TEXT, latent -> placement(latent).bucket().name()),
  ORIGINAL_WIDTH(Type.INTEGER, latent -> placement(latent).originalWidth()),
  ORIGINAL_HEIGHT(Type.INTEGER, latent -> placement(latent).originalHeight()),
  RESIZED_WIDTH(Type.INTEGER, latent -> placement(latent).resizedWidth()),
  RESIZED_HEIGHT(Type.INTEGER, latent -> placement(latent).resizedHeight()),
  PIXEL_CROP_LEFT(Type.INTEGER, latent -> placement(latent).cropLeft()),
  PIXEL_CROP_TOP(Type.INTEGER, latent -> placement(latent).cropTop()),
  CROP_LEFT(Type.INTEGER, latent -> (int) placement(latent).letterBox().left()),
  CROP_TOP(Type.INTEGER, latent -> (int) placement(latent).letterBox().top()),
  TARGET_WIDTH(Type.INTEGER, latent -> placement(latent).bucket().width()),
  TARGET_HEIGHT(Type.INTEGER, latent -> placement(latent).bucket().height()),
  POSTERIOR(Type.TEXT, latent -> latent.origin().format().posterior().name()),
  STORAGE(Type.TEXT, latent -> latent.origin().format().storage().name()),
  /** Where the image's bytes lay: the columns of the shard table. */
  SHARD(Type.TEXT, latent -> latent.origin().source().shard()),
  OFFSET(Type.LONG, latent -> latent.origin().source().offset()),
  LENGTH(Type.LONG, latent -> latent.origin().source().length()),
  STAMP(Type.LONG, latent -> latent.origin().source().stamp()),
  SHA256(Type.TEXT, latent -> latent.origin().sha256()),
  /** What the latent was made under: settings, weights and code that change it. */
  KEY(Type.TEXT, latent -> latent.origin().key()),
  /** The store's file that holds the latent, relative to the store's folder. */
  FILE(Type.TEXT, latent -> latent.place().file()),
  POSITION(Type.LONG, latent -> latent.place().position()),
  SIZE(Type.INTEGER, latent -> latent.place().size()),
  CHECKSUM(Type.INTEGER, latent -> latent.place().checksum());

  private final String column = name().toLowerCase(Locale.ROOT);
  private final Type type;
  private final Function<StoredLatent, Object> value;

  LatentColumn(Type type, Function<StoredLatent, Object> value) {
    this.type = type;
    this.value = value;
  }

  /** What a column holds. */
  public enum Type {
    LONG,
    INTEGER,
    TEXT
  }

  /** The values of one row, whatever it is a row of. */
  @FunctionalInterface
  public interface Values {
    /** A long, an integer or a text, as the column's type says. */
    Object of(LatentColumn column);

    /** The value of a text column. */
    private String text(LatentColumn column) {
      return (String) of(column);
    }

    /** The value of an integer column. */
    private int integer(LatentColumn column) {
      return (Integer) of(column);
    }

    /** The value of a long column. */
    private long number(LatentColumn column) {
      return (Long) of(column);
    }
  }

  /** The column's name. */
  public String column() {
    return column;
  }

  /** The type of the column's values. */
  public Type type() {
    return type;
  }

  /** The value of one latent. */
  public Object value(StoredLatent latent) {
    return value.apply(latent);
  }

  /** What the latent of a row was made from. */
  public static LatentOrigin origin(Values row) {
    return new LatentOrigin(
        row.number(ID),
        new Placement(
            row.integer(ORIGINAL_WIDTH),
            row.integer(ORIGINAL_HEIGHT),
            row.integer(RESIZED_WIDTH),
            row.integer(RESIZED_HEIGHT),
            new Bucket(row.integer(TARGET_WIDTH), row.integer(TARGET_HEIGHT))),
        source(row),
        row.text(SHA256),
        row.text(KEY),
        format(row));
  }

  /** Where the image's bytes lay. */
  public static ImageSource source(Values row) {
    return new ImageSource(
        row.text(SHARD), row.number(OFFSET), row.number(LENGTH), row.number(STAMP));
  }

  /** How the latent of a row is laid out. */
  public static LatentFormat format(Values row) {
    return new LatentFormat(
        Posterior.valueOf(row.text(POSTERIOR)), Storage.valueOf(row.text(STORAGE)));
  }

  /** Where the latent of a row lies in the store. */
  public static LatentPlace place(Values row) {
    return new LatentPlace(
        row.text(FILE), row.number(POSITION), row.integer(SIZE), row.integer(CHECKSUM));
  }

  /** What SDXL is told about the size of a row's image. */
  public static SizeConditioning sizes(Values row) {
    return new SizeConditioning(
        row.integer(ORIGINAL_HEIGHT),
        row.integer(ORIGINAL_WIDTH),
        row.integer(CROP_TOP),
        row.integer(CROP_LEFT),
        row.integer(TARGET_HEIGHT),
        row.integer(TARGET_WIDTH));
  }

  private static Placement placement(StoredLatent latent) {
    return latent.origin().placement();
  }
}
