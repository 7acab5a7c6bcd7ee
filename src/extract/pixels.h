/* pixels.h: the built-in extractor: regions and features from pixels alone, without anything learnt
 * but the means and deviations of features over photographs. */
#ifndef EXTRACT_PIXELS_H
#define EXTRACT_PIXELS_H

#include "extract/sink.h"

/* Gives the wanted photographs' regions and features to the sink, `workers` at a time; the same
 * numbers whatever their number. `raw`: features are not standardised, as assets/make-pixels needs
 * them. Errors: those of the sink; interrupted; a photograph that cannot
 * be read is passed to `fail`. */
int pixels_run(int workers, const struct sink *sink, bool raw, struct error *err) MUST_USE;

#endif
