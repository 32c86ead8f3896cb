// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * What a verification found.
 *
 * @param events how many events were read and are good
 * @param bytes how many bytes of the log were checked
 * @param damaged how many problems of kind {@link StoreProblem.Kind#DAMAGED} or {@link
 *     StoreProblem.Kind#TORN} there are
 * @param unverifiable how many places could not be checked
 */
public record VerifyReport(long events, long bytes, long damaged, long unverifiable) {

    /** Says whether every byte was checked and is good. */
    public boolean ok() {
        return damaged == 0 && unverifiable == 0;
    }
}
