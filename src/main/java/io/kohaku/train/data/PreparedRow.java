package io.kohaku.train.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One image of the prepared training set: which latent it is and the words of its caption.
 *
 * @param latentRow row of the latent table within the bucket
 * @param fixed words that open the caption
 * @param flexible words that follow
 */
record PreparedRow(int latentRow, List<String> fixed, List<String> flexible) {
  /** Bytes of an index entry: latent row, length and position of the words. */
  static final int ENTRY_BYTES = 2 * Integer.BYTES + Long.BYTES;

  /** Where a row's words lie. */
  record Entry(int latentRow, int length, long position) {
    static Entry parse(byte[] bytes) {
      ByteBuffer entry = ByteBuffer.wrap(bytes);
      return new Entry(entry.getInt(), entry.getInt(), entry.getLong());
    }

    byte[] bytes() {
      return ByteBuffer.allocate(ENTRY_BYTES)
          .putInt(latentRow)
          .putInt(length)
          .putLong(position)
          .array();
    }
  }

  /** The words as bytes: for both lists the number of words, then each of them. */
  byte[] words() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (List<String> list : List.of(fixed, flexible)) {
      out.writeInt(list.size());
      for (String word : list) {
        out.writeUTF(word);
      }
    }
    return bytes.toByteArray();
  }

  static PreparedRow parse(int latentRow, byte[] words) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(words));
    return new PreparedRow(latentRow, list(in), list(in));
  }

  private static List<String> list(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<String> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(in.readUTF());
    }
    return list;
  }
}
