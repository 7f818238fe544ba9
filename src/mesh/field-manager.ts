/** Our name in managedFields: whatever we patch on an object of somebody else is entered under it. */
export const ourName = 'meshlift'
