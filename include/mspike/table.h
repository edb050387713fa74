/* table.h - typed columns in and out of CSV, SAS and Dataset-JSON files. */
#ifndef MSPIKE_TABLE_H
#define MSPIKE_TABLE_H

#include "mspike/table/read.h"
#include "mspike/table/table.h"
#include "mspike/table/write.h"

#endif
