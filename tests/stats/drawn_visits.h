/* drawn_visits.h - 60 times drawn from a Weibull distribution and seen every three units of time,
 * some at their exact time, the late ones not at all. */
#ifndef MSP_TEST_DRAWN_VISITS_H
#define MSP_TEST_DRAWN_VISITS_H

#include <math.h>

/* from, to (INFINITY: not by the end), x */
static const double drawn[60][3] = {
    {12, 15, 0},   {3, 6, 1},         {9, 12, 0},        {9, 12, 1},        {6.36, 6.36, 0},
    {6, 9, 1},     {15, INFINITY, 0}, {9, 12, 1},        {6, 9, 0},         {3, 6, 1},
    {6, 9, 0},     {7.76, 7.76, 1},   {6, 9, 0},         {6, 9, 1},         {0, 3, 0},
    {3, 6, 1},     {15, INFINITY, 0}, {3, 6, 1},         {2.27, 2.27, 0},   {9, 12, 1},
    {12, 15, 0},   {15, INFINITY, 1}, {15, INFINITY, 0}, {15, INFINITY, 1}, {12, 15, 0},
    {3.8, 3.8, 1}, {6, 9, 0},         {0, 3, 1},         {6, 9, 0},         {3, 6, 1},
    {9, 12, 0},    {9, 12, 1},        {14, 14, 0},       {6, 9, 1},         {12, 15, 0},
    {9, 12, 1},    {0, 3, 0},         {12, 15, 1},       {6, 9, 0},         {13.52, 13.52, 1},
    {9, 12, 0},    {3, 6, 1},         {12, 15, 0},       {6, 9, 1},         {9, 12, 0},
    {12, 15, 1},   {14, 14, 0},       {15, INFINITY, 1}, {9, 12, 0},        {3, 6, 1},
    {12, 15, 0},   {12, 15, 1},       {0, 3, 0},         {0.36, 0.36, 1},   {3, 6, 0},
    {0, 3, 1},     {6, 9, 0},         {12, 15, 1},       {15, INFINITY, 0}, {9, 12, 1}};

#endif
