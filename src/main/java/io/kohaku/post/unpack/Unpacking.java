package io.kohaku.post.unpack;

import io.kohaku.ownership.Closer;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.commons.io.input.CloseShieldInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The texts in one file: itself, what was compressed into it, or the members of an archive, and of
 * archives in archives.
 */
public final class Unpacking implements Closeable {
  /** So many first bytes tell what a text is. */
  public static final int HEAD = 1 << 14;

  private static final Logger LOG = LoggerFactory.getLogger(Unpacking.class);
  private static final int BUFFER = 1 << 16;

  /** A file that holds itself would have no end. */
  private static final int DEEPEST = 8;

  private final String file;
  private final Deque<Archive> archives = new ArrayDeque<>();
  private final Deque<String> names = new ArrayDeque<>();
  private final Closer opened = new Closer();
  private final Closer openedOfMember = new Closer();
  private InputStream unopened;
  private InputStream text;
  private byte[] head;
  private String name = "";
  private long leftAside;

  /** Unpacks the bytes of a file. */
  public Unpacking(String file, InputStream in) {
    this.file = file;
    this.unopened = opened.add(in);
  }

  /** Moves to the next text; false if there is none. */
  public boolean next() throws IOException {
    if (unopened != null) {
      InputStream in = unopened;
      unopened = null;
      if (unpack(in, "")) {
        return true;
      }
    }
    while (!archives.isEmpty()) {
      if (archives.size() == 1) {
        openedOfMember.close();
      }
      Archive.Member member = archives.peek().next();
      if (member == null) {
        archives.pop();
        names.pop();
      } else if (MarkerNames.holds(member.name())) {
        leftAside++;
      } else if (unpack(
          CloseShieldInputStream.wrap(member.bytes()), names.peek() + "!/" + member.name())) {
        return true;
      }
    }
    return false;
  }

  /** The bytes of the text, good until the next one is asked for. */
  public InputStream text() {
    return text;
  }

  /** Its first bytes, which are in the text as well. */
  public byte[] head() {
    return head;
  }

  /** Where the text lies in the file: nothing, or {@code !/} and the name of a member. */
  public String name() {
    return name;
  }

  @Override
  public void close() throws IOException {
    if (leftAside > 0) {
      LOG.info("Left aside {} members of {} whose names start with _ or .", leftAside, file);
    }
    Closer.close(List.of(opened, openedOfMember));
  }

  /** Takes layers off; true if there is a text below them and not an archive. */
  private boolean unpack(InputStream packed, String within) throws IOException {
    InputStream in = new BufferedInputStream(packed, BUFFER);
    Packing packing = look(in);
    for (int depth = 0; packing != Packing.NONE; depth++) {
      if (depth + archives.size() >= DEEPEST) {
        throw new IOException("it is packed more than " + DEEPEST + " times over");
      } else if (packing.isArchive()) {
        archives.push(packing.members(in));
        names.push(within);
        return false;
      }
      Closer closer = archives.isEmpty() ? opened : openedOfMember;
      in = new BufferedInputStream(closer.add(packing.decompressed(in)), BUFFER);
      packing = look(in);
    }
    text = in;
    name = within;
    return true;
  }

  private Packing look(InputStream in) throws IOException {
    in.mark(HEAD);
    head = in.readNBytes(HEAD);
    in.reset();
    return Packing.of(head);
  }
}
