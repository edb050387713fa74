/* form.h - YAML and JSON read against a schema; what the form is about is the caller's business. */
#ifndef MSPIKE_FORM_H
#define MSPIKE_FORM_H

#include "mspike/form/said.h"
#include "mspike/form/schema.h"
#include "mspike/form/tree.h"

#endif
