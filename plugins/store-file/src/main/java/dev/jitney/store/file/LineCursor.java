// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;

/**
 * Goes over the lines of a stretch of a log, forward or backward. A line is what ends with a line
 * break, or with the stretch. Those that are longer than allowed are passed over without being
 * held.
 */
final class LineCursor {

    private final Window window;
    private final long longest;
    private long from;
    private long to;
    private long reach;
    private boolean backward;
    private long at;

    private int start;
    private int end;
    private long position;
    private long length;
    private boolean tooLong;

    /**
     * @param longest the most bytes of a line, its break apart, that is held
     */
    LineCursor(Window window, long longest) {
        this.window = window;
        this.longest = longest;
    }

    /**
     * Turns to the lines in {@code [from, to)}.
     *
     * @param reach how far it makes sense to read on, in the direction of travel: at least to the
     *     stretch's end
     */
    void reset(long from, long to, boolean backward, long reach) {
        this.from = from;
        this.to = to;
        this.backward = backward;
        this.reach = reach;
        this.at = backward ? to : from;
    }

    /** Moves to the next line; says false when there is none. */
    boolean next() throws IOException {
        return backward ? before() : behind();
    }

    byte[] bytes() {
        return window.bytes();
    }

    /** Returns where the line begins in {@link #bytes()}; it is not there if it is too long. */
    int start() {
        return start;
    }

    /** Returns where the line ends in {@link #bytes()}, its break left out. */
    int end() {
        return end;
    }

    /** Returns where in the log the line begins. */
    long position() {
        return position;
    }

    /** Returns how many bytes the line has, its break included. */
    long length() {
        return length;
    }

    boolean tooLong() {
        return tooLong;
    }

    private boolean behind() throws IOException {
        while (at < to) {
            if (at < window.start() || at >= window.end()) {
                window.fillFrom(at, reach);
                if (window.end() == at) {
                    to = at; // the log ends here
                    return false;
                }
            }
            int begin = (int) (at - window.start());
            int stop = (int) (Math.min(window.end(), to) - window.start());
            int found = Lines.first(window.bytes(), begin, stop);
            if (found >= 0) {
                found(begin, found, found + 1);
                at += length;
                return true;
            }
            if (window.end() >= to || window.cut()) {
                found(begin, stop, stop);
                at += length;
                return true;
            }
            if (begin > 0) {
                window.fillFrom(at, reach);
            } else if (window.grow(longest + BatchMark.TRAILER)) {
                window.fillFrom(at, reach);
            } else {
                passOver();
                return true;
            }
        }
        return false;
    }

    private void passOver() throws IOException {
        position = at;
        while (true) {
            long next = window.end();
            if (next >= to || window.cut()) {
                at = Math.min(next, to);
                break;
            }
            window.fillFrom(next, to);
            int found = Lines.first(window.bytes(), 0, (int) (window.end() - next));
            if (found >= 0) {
                at = next + found + 1;
                break;
            }
        }
        length = at - position;
        tooLong = true;
    }

    private boolean before() throws IOException {
        while (at > from) {
            if (at <= window.start() || at > window.end()) {
                window.fillUpTo(reach, at);
                if (window.cut()) {
                    at = Math.max(from, Math.min(at, window.end()));
                    if (window.end() == window.start()) {
                        at = Math.max(from, window.start());
                    }
                    continue;
                }
            }
            int stop = (int) (at - window.start());
            int low = (int) Math.max(0, from - window.start());
            int content = window.bytes()[stop - 1] == '\n' ? stop - 1 : stop;
            int found = Lines.last(window.bytes(), low, content);
            if (found >= 0 || window.start() <= from) {
                found(found >= 0 ? found + 1 : low, content, stop);
                at = position;
                return true;
            }
            if (window.end() > at) {
                window.fillUpTo(reach, at);
            } else if (window.grow(longest + BatchMark.TRAILER)) {
                window.fillUpTo(reach, at);
            } else {
                passOverBackward();
                return true;
            }
        }
        return false;
    }

    private void passOverBackward() throws IOException {
        long stop = at;
        at = from;
        while (window.start() > from) {
            long next = window.start();
            window.fillUpTo(from, next);
            int found = Lines.last(window.bytes(), 0, (int) (window.end() - window.start()));
            if (found >= 0) {
                at = window.start() + found + 1;
                break;
            }
        }
        position = at;
        length = stop - at;
        tooLong = true;
    }

    private void found(int start, int end, int stop) {
        this.start = start;
        this.end = end;
        position = window.start() + start;
        length = stop - start;
        tooLong = end - start > longest;
    }
}
