// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names for files that are not finished, which no other process or thread uses at that time. */
final class Drafts {

    private Drafts() {}

    /** Returns what to put behind a file's name. */
    static String suffix() {
        return ".p"
                + ProcessHandle.current().pid()
                + "-"
                + Thread.currentThread().getId()
                + "-"
                + System.nanoTime()
                + SmallFile.DRAFT;
    }

    /** Removes the drafts in a folder whose process no longer runs. */
    static void sweep(Disk disk, String folder) throws IOException {
        for (String file : disk.list(folder)) {
            if (file.endsWith(SmallFile.DRAFT) && !ownerRuns(file)) {
                disk.delete(folder + "/" + file);
            }
        }
    }

    private static boolean ownerRuns(String file) {
        // Compiled here: there is hardly ever a draft, and a JVM's first pattern takes 1.5 ms.
        Matcher owner = Pattern.compile("\\.p([0-9]{1,10})-").matcher(file);
        return owner.find()
                && ProcessHandle.of(Long.parseLong(owner.group(1)))
                        .map(ProcessHandle::isAlive)
                        .orElse(false);
    }
}
