// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import org.jspecify.annotations.Nullable;

/**
 * The name of a segment: the offset of its first event when it was begun and, for one that a purge
 * has written again, how often. All files of a segment carry it: {@code store/NAME.jsonl} the log,
 * {@code store/NAME.sum} the sidecar, {@code index/NAME.idx} the index.
 *
 * @param base the offset that its first event was given, even if that is purged by now
 * @param generation how often a purge has written it again, from 0
 */
record SegmentName(long base, int generation) implements Comparable<SegmentName> {

    static final String FOLDER = "store";
    static final String INDEX_FOLDER = "index";
    static final String LOG = ".jsonl";
    static final String SIDECAR = ".sum";

    private static final int DIGITS = 20;

    /** Reads the name of a log file, or returns null if it is not one. */
    static @Nullable SegmentName ofLog(String file) {
        boolean signed =
                !file.isEmpty() && file.charAt(0) < '0'; // which a number may be, not a name
        if (signed || !file.endsWith(LOG) || file.length() < DIGITS + LOG.length()) {
            return null;
        }
        String stem = file.substring(0, file.length() - LOG.length());
        try {
            long base = Long.parseLong(stem, 0, DIGITS, 10);
            if (stem.length() == DIGITS) {
                return new SegmentName(base, 0);
            }
            return stem.charAt(DIGITS) == '.'
                    ? new SegmentName(base, Integer.parseInt(stem, DIGITS + 1, stem.length(), 10))
                    : null;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** Returns the name of the next generation. */
    SegmentName next() {
        return new SegmentName(base, generation + 1);
    }

    String log() {
        return FOLDER + "/" + stem() + LOG;
    }

    String sidecar() {
        return FOLDER + "/" + stem() + SIDECAR;
    }

    String index() {
        return INDEX_FOLDER + "/" + stem() + ".idx";
    }

    private String stem() {
        String number = Long.toString(base);
        String digits = "0".repeat(DIGITS - number.length()) + number;
        return generation == 0 ? digits : digits + "." + generation;
    }

    @Override
    public int compareTo(SegmentName other) {
        int byBase = Long.compare(base, other.base);
        return byBase != 0 ? byBase : Integer.compare(generation, other.generation);
    }

    // By hand: see IndexHead.Identity.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SegmentName that
                && base == that.base
                && generation == that.generation;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(base) * 31 + generation;
    }
}
