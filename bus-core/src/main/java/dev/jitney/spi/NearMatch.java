// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import java.util.Collection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the known name that was probably meant by an unknown one, for messages such as "did you
 * mean 'timeout'?".
 *
 * <p>Two names are near when at most one in three of their characters, and never more than three,
 * have to be put in, left out, replaced or swapped with their neighbour.
 */
public final class NearMatch {

    private static final int MOST_EDITS = 3;

    private NearMatch() {}

    /**
     * Returns the nearest of the known names, the first in alphabetical order of several, or null
     * if none is near.
     */
    public static @Nullable String of(String unknown, Collection<String> known) {
        String nearest = null;
        int best = Integer.MAX_VALUE;
        for (String name : new TreeSet<>(known)) {
            int longest = Math.max(name.length(), unknown.length());
            int allowed = Math.min(Math.max(1, longest / 3), MOST_EDITS);
            if (Math.abs(name.length() - unknown.length()) > allowed || longest < 2) {
                continue;
            }
            int edits = edits(unknown, name);
            if (edits <= allowed && edits < best) {
                best = edits;
                nearest = name;
            }
        }
        return nearest;
    }

    // Edit distance with swaps of neighbours (optimal string alignment), over three rows.
    private static int edits(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
                if (swapped(a, i, b, j)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }

    private static boolean swapped(String a, int i, String b, int j) {
        return i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
    }
}
