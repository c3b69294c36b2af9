package io.kohaku.train.data;

import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentPlace;
import io.kohaku.sdxl.SizeConditioning;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One image of the prepared training set: all that a step needs to know of it.
 *
 * @param id the post
 * @param latent where its latent lies in the store
 * @param format how the latent is laid out
 * @param sizes what SDXL is told about the image's size
 * @param fixed words that open the caption
 * @param flexible words that follow
 */
record PreparedRow(
    long id,
    LatentPlace latent,
    LatentFormat format,
    SizeConditioning sizes,
    List<String> fixed,
    List<String> flexible) {

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

  /** The row that {@link #words()} and the entry were written of. */
  static PreparedRow parse(PreparedEntry entry, LatentPlace latent, byte[] words)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(words));
    return new PreparedRow(entry.id(), latent, entry.format(), entry.sizes(), list(in), list(in));
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
