/* cosmesis.h - months after which a breast showed retraction, between two visits, in 46 women with
 * radiotherapy and then 48 with chemotherapy too: Finkelstein and Wolfe, A semiparametric model for
 * regression analysis of interval-censored failure time data, Biometrics 41 (1985). */
#ifndef MSP_TEST_COSMESIS_H
#define MSP_TEST_COSMESIS_H

#include <math.h>

enum { COSMESIS_ALONE = 46, COSMESIS_ALL = 94 };

static const double cosmesis[COSMESIS_ALL][2] = {
    {45, INFINITY}, {6, 10},        {0, 7},         {46, INFINITY}, {46, INFINITY}, {7, 16},
    {17, INFINITY}, {7, 14},        {37, 44},       {0, 8},         {4, 11},        {15, INFINITY},
    {11, 15},       {22, INFINITY}, {46, INFINITY}, {46, INFINITY}, {25, 37},       {46, INFINITY},
    {26, 40},       {46, INFINITY}, {27, 34},       {36, 44},       {46, INFINITY}, {36, 48},
    {37, INFINITY}, {40, INFINITY}, {17, 25},       {46, INFINITY}, {11, 18},       {38, INFINITY},
    {5, 12},        {37, INFINITY}, {0, 5},         {18, INFINITY}, {24, INFINITY}, {36, INFINITY},
    {5, 11},        {19, 35},       {17, 25},       {24, INFINITY}, {32, INFINITY}, {33, INFINITY},
    {19, 26},       {37, INFINITY}, {34, INFINITY}, {36, INFINITY}, {8, 12},        {0, 22},
    {24, 31},       {17, 27},       {17, 23},       {24, 30},       {16, 24},       {13, INFINITY},
    {11, 13},       {16, 20},       {18, 25},       {17, 26},       {32, INFINITY}, {23, INFINITY},
    {44, 48},       {10, 35},       {0, 5},         {5, 8},         {12, 20},       {11, INFINITY},
    {33, 40},       {31, INFINITY}, {13, 39},       {19, 32},       {34, INFINITY}, {13, INFINITY},
    {16, 24},       {35, INFINITY}, {15, 22},       {11, 17},       {22, 32},       {48, INFINITY},
    {30, 34},       {13, INFINITY}, {10, 17},       {8, 21},        {4, 9},         {11, INFINITY},
    {14, 19},       {4, 8},         {34, INFINITY}, {30, 36},       {18, 24},       {16, 60},
    {35, 39},       {21, INFINITY}, {11, 20},       {14, 17}};

#endif
