package io.kohaku.image.shard;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.input.Appearance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;

/** Scans one source: an archive's headers, or a folder's listing. */
final class ShardPartition implements FlatMapFunction<ShardSource, Row> {
  private static final long serialVersionUID = 1L;

  private final SerializableConfiguration hadoop;

  ShardPartition(Configuration hadoop) {
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  @Override
  public Iterator<Row> call(ShardSource source) throws IOException {
    Path path = new Path(source.path());
    FileSystem files = path.getFileSystem(hadoop.value());
    List<Row> rows = new ArrayList<>();
    rows.add(row(source, null, null));
    if (source.archive()) {
      archive(source, files, rows);
    } else {
      folder(source, files, rows);
    }
    return rows.iterator();
  }

  private static void archive(ShardSource source, FileSystem files, List<Row> rows)
      throws IOException {
    try (FSDataInputStream in = RandomAccess.open(files, new Path(source.path()))) {
      TarIndex.walk(new ArchiveBytes(in, source.length()))
          .forEach(entry -> rows.add(row(source, entry, null)));
    }
  }

  private static void folder(ShardSource source, FileSystem files, List<Row> rows)
      throws IOException {
    RemoteIterator<FileStatus> entries = files.listStatusIterator(new Path(source.path()));
    while (entries.hasNext()) {
      FileStatus file = entries.next();
      if (file.isFile() && !ShardListing.isArchive(file.getPath())) {
        rows.add(row(source, entry(file), file));
      }
    }
  }

  private static ArchiveEntry entry(FileStatus file) {
    String name = file.getPath().getName();
    Optional<Appearance> packed = PackedArchive.of(name);
    if (packed.isPresent()) {
      return new ArchiveEntry.Reject(
          RejectReason.PACKED_ARCHIVE, name + ": " + packed.get().sentence());
    }
    try {
      MemberName member = MemberName.parse(name);
      return file.getLen() == 0
          ? new ArchiveEntry.Reject(RejectReason.TRUNCATED, name + ": no bytes")
          : new ArchiveEntry.Member(member, 0, file.getLen());
    } catch (ImageRejected e) {
      return new ArchiveEntry.Reject(e.reason(), e.getMessage());
    }
  }

  /** One row of the scan table; without an entry, the row that says the source was scanned. */
  private static Row row(ShardSource source, ArchiveEntry entry, FileStatus file) {
    Object[] values = new Object[ScanTable.SCHEMA.size()];
    values[0] = source.path();
    values[1] = source.stamp();
    values[2] = source.rank();
    if (entry instanceof ArchiveEntry.Member member) {
      values[3] = member.name().id();
      values[4] = file == null ? source.path() : file.getPath().toString();
      values[5] = member.offset();
      values[6] = member.length();
      values[7] = member.name().extension();
      values[8] = file == null ? source.stamp() : ImageSource.stamp(file);
    } else if (entry instanceof ArchiveEntry.Reject reject) {
      values[9] = reject.reason().text();
      values[10] = reject.detail();
    }
    return RowFactory.create(values);
  }
}
